import { randomBytes } from "node:crypto";
import { copyMigrated } from "../../lib/testing/cluster";

/** Where the global set-up tells the workers their PostgreSQL. */
export const CLUSTER = "VALET_TEST_CLUSTER";

/** The URL of a fresh, migrated database. It ends with the run. */
export function newDatabase(): Promise<string> {
  const cluster = process.env[CLUSTER];
  if (!cluster) throw new Error("No PostgreSQL: run the browser tests by npx playwright test.");
  return copyMigrated(cluster, `browser_${randomBytes(6).toString("hex")}`);
}
