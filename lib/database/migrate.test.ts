import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../testing/database";
import { ensureDatabase } from "./databases";
import { applyMigrations } from "./migrate";
import { readMigrations } from "./migrations";

let database: TestDatabase;
let client: Client;
let folder: string;
let count = 0;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "valet-migrations-"));
  const url = await ensureDatabase(database.url, `${new URL(database.url).pathname.slice(1)}_${++count}`);
  client = new Client({ connectionString: url });
  await client.connect();
  await migration("001_people", "CREATE TABLE people (id text PRIMARY KEY);");
});
afterEach(async () => {
  await client.end();
  await rm(folder, { recursive: true });
});

async function migration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

async function records() {
  const { rows } = await client.query("SELECT * FROM _prisma_migrations ORDER BY migration_name");
  return rows;
}

async function tables(): Promise<string[]> {
  const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  return rows.map((row) => row.tablename).filter((name) => name !== "_prisma_migrations");
}

describe("applying migrations", () => {
  it("applies each once, in the folder's order, and records it as Prisma does", async () => {
    await migration("002_agents", "CREATE TABLE agents (owner text REFERENCES people);\nINSERT INTO people VALUES ('x');");
    expect(await applyMigrations(client, folder)).toEqual({ applied: ["001_people", "002_agents"] });
    expect(await applyMigrations(client, folder)).toEqual({ applied: [] });
    expect(await tables()).toEqual(["agents", "people"]);
    expect(await records()).toEqual([
      expect.objectContaining({
        migration_name: "001_people",
        checksum: "569ec25ee928519b3e514a04951afc57088677d57f6cbe6195f4ded553f0f59d",
        applied_steps_count: 1,
        finished_at: expect.any(Date),
        rolled_back_at: null,
      }),
      expect.objectContaining({ migration_name: "002_agents" }),
    ]);
  });

  it("applies only what is new", async () => {
    await applyMigrations(client, folder);
    await migration("002_agents", "CREATE TABLE agents (id text);");
    expect(await applyMigrations(client, folder)).toEqual({ applied: ["002_agents"] });
  });

  it("lets several processes start at once: one applies, the others find it done", async () => {
    const url = `${database.url}_${count}`;
    const all = await Promise.all([1, 2, 3, 4].map(() => applyMigrations(url, folder)));
    expect(all.flatMap((one) => one.applied)).toEqual(["001_people"]);
  });

  it("keeps nothing of a migration that fails, and the ones before it stay", async () => {
    await migration("002_half", "CREATE TABLE half (id text); SELECT nonsense;");
    await expect(applyMigrations(client, folder)).rejects.toMatchObject({
      code: "unavailable",
      message: 'The migration 002_half does not apply: column "nonsense" does not exist. Nothing of it was kept.',
    });
    expect(await tables()).toEqual(["people"]);
    expect((await records()).map((row) => row.migration_name)).toEqual(["001_people"]);
  });

  it("refuses a migration that was changed after it was applied", async () => {
    await applyMigrations(client, folder);
    await migration("001_people", "CREATE TABLE people (id text PRIMARY KEY, name text);");
    await expect(applyMigrations(client, folder)).rejects.toMatchObject({
      code: "unavailable",
      message: "The migration 001_people was changed after it was applied. Restore the file, and put the change into a new migration.",
    });
  });

  it("refuses a database that is newer than the folder", async () => {
    await applyMigrations(client, folder);
    await rm(join(folder, "001_people"), { recursive: true });
    await expect(applyMigrations(client, folder)).rejects.toMatchObject({
      code: "unavailable",
      message: "The database is newer than this Valet: it has the migration 001_people. Start a Valet that knows it.",
    });
  });

  it("refuses to go on after one that failed half-way, and goes on once it is marked as rolled back", async () => {
    await applyMigrations(client, folder);
    await client.query("UPDATE _prisma_migrations SET finished_at = NULL");
    await expect(applyMigrations(client, folder)).rejects.toMatchObject({
      code: "unavailable",
      message: "The migration 001_people failed half-way. Repair it, then settle it with prisma migrate resolve.",
    });
    await client.query("UPDATE _prisma_migrations SET rolled_back_at = now()");
    await client.query("DROP TABLE people");
    expect(await applyMigrations(client, folder)).toEqual({ applied: ["001_people"] });
  });

  it("gives the lock back, also after a refusal", async () => {
    await migration("002_bad", "SELECT nonsense;");
    await applyMigrations(client, folder).catch(() => undefined);
    const { rows } = await client.query("SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory'");
    expect(rows).toEqual([{ held: 0 }]);
  });
});

describe("the committed migrations", () => {
  it("apply to an empty database", async () => {
    const committed = join(import.meta.dirname, "../../prisma/migrations");
    const names = (await readMigrations(committed)).map((one) => one.name);
    expect(await applyMigrations(client, committed)).toEqual({ applied: names });
  });
});
