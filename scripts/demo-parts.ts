/** What the demo's supervisor needs of `lib`, bundled into dist/demo-parts.mjs. */
export { dropDatabase, ensureDatabase } from "../lib/database/databases";
export { startEmbedded } from "../lib/database/embedded";
export { leaveNote, livingKeeper } from "../lib/database/keeper";
export { applyMigrations } from "../lib/database/migrate";
export { findFreePort, isFree } from "../lib/database/port";

/** `.valet/demo.json`: everything a script needs to use the running demo. */
export interface DemoFile {
  readonly url: string;
  readonly people: readonly DemoPerson[];
  readonly agents: readonly DemoAgent[];
  /** With a personal access token of the employee's there: what agents have without Valet. */
  readonly saas: { readonly url: string; readonly personal_token: string };
}

export interface DemoPerson {
  readonly role: "member" | "auditor" | "admin";
  readonly email: string;
  /** Opens the REST API as this person. */
  readonly token: string;
  /** Signs this person in by being opened. Only the demo has such links. */
  readonly sign_in_url: string;
}

export interface DemoAgent {
  readonly name: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly grants: readonly {
    readonly id: string;
    readonly connector: string;
    readonly access: string;
    readonly api_base: string;
  }[];
}

/**
 * What scripts/seed-demo.ts exports: fills the fresh, migrated database that `env` (the settings of the server that will
 * start next) names, and answers what demo.json holds. The pretend SaaS already listens.
 */
export type SeedDemo = (
  env: Readonly<Record<string, string | undefined>>,
  where: { readonly saasUrl: string; readonly baseUrl: string; readonly saasClient: { readonly id: string; readonly secret: string } },
) => Promise<Omit<DemoFile, "saas"> & { readonly saas: Pick<DemoFile["saas"], "url"> }>;
