import { existsSync } from "node:fs";
import { join } from "node:path";
import { TestCluster } from "../lib/testing/cluster";
import { CLUSTER } from "./support/database";

const SERVER = join(import.meta.dirname, "../dist/server.mjs");

/** One PostgreSQL for the run. Each worker makes its own world on it, see support/world.ts. */
export default async function setup(): Promise<() => Promise<void>> {
  if (!existsSync(SERVER)) throw new Error("The browser tests run against the production build. Make it first: npm run build");
  const cluster = await TestCluster.open();
  process.env[CLUSTER] = await cluster.url();
  return () => cluster.close();
}
