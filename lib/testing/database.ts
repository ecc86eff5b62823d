import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { inject } from "vitest";
import { dropDatabase, withDatabase } from "../database/databases";

export interface TestDatabase {
  /** A database of its own with every migration applied, on real PostgreSQL. */
  readonly url: string;
  drop(): Promise<void>;
}

/** A fresh database for one test file. Call `drop` in `afterAll`; what is forgotten ends with the run. */
export async function testDatabase(): Promise<TestDatabase> {
  const url = await askForDatabase(inject("databaseDoor"));
  const name = new URL(url).pathname.slice(1);
  return { url, drop: () => dropDatabase(withDatabase(url, "postgres"), name) };
}

async function askForDatabase(door: string): Promise<string> {
  const answer = JSON.parse(await text(createConnection(door)));
  if (answer.error) throw new Error(`No test database: ${answer.error}`);
  return answer.url;
}
