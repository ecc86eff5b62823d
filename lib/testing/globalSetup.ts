import { createServer, type Server } from "node:net";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { TestCluster } from "./cluster";

declare module "vitest" {
  export interface ProvidedContext {
    /** The socket where a test file asks for its database. */
    readonly databaseDoor: string;
  }
}

/** One PostgreSQL per run, started when the first test asks for a database: a run of pure tests never starts it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await TestCluster.open();
  const door = join(cluster.folder, "door");
  const server = await openDoor(door, () => cluster.newDatabase());
  project.provide("databaseDoor", door);
  return async () => {
    server.close();
    await cluster.close();
  };
}

/** Each connection is one request: it is answered with the URL of a fresh database, or with why there is none. */
function openDoor(path: string, newDatabase: () => Promise<string>): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    newDatabase().then(
      (url) => socket.end(JSON.stringify({ url })),
      (error) => socket.end(JSON.stringify({ error: String(error) })),
    );
  }).unref();
  return new Promise((resolve) => server.listen(path, () => resolve(server)));
}
