import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { registerAgent } from "../../lib/agents/register";
import { beginConnection } from "../../lib/connections/begin";
import { completeConnection } from "../../lib/connections/complete";
import { startCore } from "../../lib/core";
import { asActor, type PersonCtx } from "../../lib/ctx";
import { type Embedded, startEmbedded } from "../../lib/database/embedded";
import { findFreePort } from "../../lib/database/port";
import { mintGrant } from "../../lib/grants/mint";
import { offerSetUp } from "../../lib/people/invite";
import { acceptInvitation } from "../../lib/people/join";
import { createPersonalToken } from "../../lib/people/personalTokens";
import { setUpConnector } from "../../lib/setups/setUp";
import { randomText } from "../../lib/tokens/secret";
import { newRootKey, webKeys } from "../../lib/vault/vault";
import { consentAs } from "../fakes/consent";
import { type Saas, startSaas } from "../fakes/saas";
import { copyFiles, follow, type Replica } from "./replica";

export const CLIENT = { clientId: "valet", clientSecret: "valet-secret-at-the-saas" };
const PEOPLE = [{ id: "1", login: "ada", name: "Ada Lovelace" }];
const BROWSER = "the-browser-that-began-this-walk-0001";

/** What an agent's own configuration holds. */
export interface Lent {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grantId: string;
  readonly connectionId: string;
}

/** Valet's web process and its refresher, over a PostgreSQL that flushes to disk: each can be taken away and brought back. */
export class House {
  readonly saas: Saas;
  readonly url: string;
  readonly #folder: string;
  /** What whoever holds every key is given: the refresher, and this house itself when it furnishes. */
  readonly #env: Readonly<Record<string, string>>;
  readonly #databasePort: number;
  readonly #channel: Readonly<Record<string, string>>;
  #postgres: Embedded;
  #valet: ChildProcess | null = null;
  #refresher: ChildProcess | null = null;
  #replica: Replica | null = null;

  private constructor(folder: string, postgres: Embedded, databasePort: number, saas: Saas, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#databasePort = databasePort;
    this.saas = saas;
    this.#env = env;
    this.#channel = { VALET_REFRESHER_SOCKET: join(folder, "refresher"), VALET_REFRESHER_TOKEN: randomText() };
    this.url = env.VALET_PUBLIC_URL as string;
  }

  static async open(): Promise<House> {
    const folder = await mkdtemp(join(tmpdir(), "valet-faults-"));
    const [databasePort, port] = [await findFreePort(), await findFreePort()];
    const postgres = await startEmbedded({ dataDir: join(folder, "postgres"), database: "faults", port: databasePort });
    const url = `http://127.0.0.1:${port}`;
    const saas = await startSaas({
      clients: [{ ...CLIENT, redirectUris: [`${url}/connect/demo/callback`] }],
      people: PEOPLE,
      accessTokenSeconds: 3600,
    });
    const env = {
      ...{ PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", NODE_ENV: "production", LOG_LEVEL: "silent" },
      ...{ PORT: String(port), VALET_PUBLIC_URL: url, VALET_DATA_DIR: folder, DATABASE_URL: postgres.url },
      ...{ VALET_KEYS: newRootKey("f1"), VALET_ENDPOINTS: JSON.stringify({ demo: endpointsOf(saas) }) },
      VALET_REQUESTS_PER_MINUTE: "1000000",
    };
    const house = new House(folder, postgres, databasePort, saas, env);
    return house;
  }

  /** By the verbs that pages call: an admin's own account, an agent, a grant through the gateway. */
  async lend(): Promise<Lent> {
    const { core, stop } = await startCore(this.#env);
    try {
      const admin = await this.#admin(core);
      await setUpConnector(admin, { connector: "demo", ...CLIENT });
      const asked = { connector: "demo", scopes: ["profile:read", "issues:read", "issues:write"], browserSecret: BROWSER };
      const { authorizeUrl } = await beginConnection(admin, asked);
      const callbackUrl = await consentAs(authorizeUrl, "ada");
      const { connectionId } = await completeConnection(admin, { connector: "demo", callbackUrl, browserSecret: BROWSER });
      const { agentId, clientSecret } = await registerAgent(admin, { name: `Agent ${randomText()}`, purpose: "Goes on whatever happens" });
      const { grantId } = await mintGrant(admin, { agentId, connectionId, scopes: ["issues:read"], lifetime: "8h", delivery: "gateway" });
      return { clientId: agentId, clientSecret: clientSecret ?? "", grantId, connectionId };
    } finally {
      await stop();
    }
  }

  /** What an admin's own program shows at the REST API. */
  async adminToken(): Promise<string> {
    const { core, stop } = await startCore(this.#env);
    try {
      const { token } = await createPersonalToken(await this.#admin(core), { name: "Health" });
      return token;
    } finally {
      await stop();
    }
  }

  /** The person gives their account again, as its page asks them to. */
  async reconnect({ connectionId }: Lent): Promise<void> {
    const { core, stop } = await startCore(this.#env);
    try {
      const admin = await this.#admin(core);
      const { authorizeUrl } = await beginConnection(admin, { connector: "demo", connectionId, browserSecret: BROWSER });
      const callbackUrl = await consentAs(authorizeUrl, "ada");
      await completeConnection(admin, { connector: "demo", callbackUrl, browserSecret: BROWSER });
    } finally {
      await stop();
    }
  }

  async #admin(core: Parameters<typeof offerSetUp>[0]): Promise<PersonCtx> {
    const known = await core.db.person.findFirst();
    if (known)
      return asActor(core, {
        kind: "person",
        personId: known.id,
        name: known.name,
        email: known.email,
        role: "admin",
        via: "browser",
      } as const);
    const token = (await offerSetUp(core))?.split("/").at(-1) ?? "";
    const [name, email] = ["Ada Lovelace", "ada@faults.test"];
    const { personId } = await acceptInvitation(core, { token, name, email, password: randomText(), address: "127.0.0.1" });
    return asActor(core, { kind: "person", personId, name, email, role: "admin", via: "browser" } as const);
  }

  /** As the starter does: each with its keys, and no others. */
  async startValet(): Promise<void> {
    await this.startRefresher();
    const { VALET_KEYS: ring = "", ...others } = this.#env;
    this.#valet = await startPart("valet.ts", { ...others, ...this.#channel, VALET_WEB_KEYS: webKeys(ring) });
  }

  async startRefresher(): Promise<void> {
    this.#refresher ??= await startPart("../../refresher.ts", { ...this.#env, ...this.#channel });
  }

  /** All of it as `npm start` runs it, from bundles: ends with it. */
  startAll(folder: string): ChildProcess {
    return fork(join(folder, "starter.mjs"), [], {
      execArgv: [],
      env: this.#env as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
  }

  /** The two processes, to be looked into. */
  get pids(): { readonly web: number; readonly refresher: number } {
    return { web: this.#valet?.pid ?? 0, refresher: this.#refresher?.pid ?? 0 };
  }

  /** What `npm start` would be given. */
  get environment(): Readonly<Record<string, string>> {
    return this.#env;
  }

  get ring(): string {
    return this.#env.VALET_KEYS ?? "";
  }

  /** Without a word: no handler runs, nothing is flushed. */
  async killValet(): Promise<void> {
    const valet = this.#valet;
    this.#valet = null;
    await kill(valet);
  }

  async killRefresher(): Promise<void> {
    const refresher = this.#refresher;
    this.#refresher = null;
    await kill(refresher);
  }

  /** As the starter lets go of it: it ends by itself. `meanwhile` comes once it takes no more questions. */
  async stopRefresher(meanwhile: () => void): Promise<number | null> {
    const refresher = this.#refresher as ChildProcess;
    this.#refresher = null;
    const gone = once(refresher, "exit");
    const watcher = watch(this.#folder);
    const closed = once(watcher, "change");
    refresher.disconnect();
    await closed;
    watcher.close();
    meanwhile();
    return (await gone)[0];
  }

  /** An immediate end, as of a machine that loses its power: PostgreSQL recovers from its log when it starts again. */
  async crashPostgres(): Promise<void> {
    process.kill(this.#postgres.pid, "SIGQUIT");
    await this.#postgres.stop();
  }

  /** An orderly end: sessions under way are broken off. */
  async stopPostgres(): Promise<void> {
    await this.#postgres.stop();
  }

  async startPostgres(): Promise<void> {
    this.#postgres = await startEmbedded({ dataDir: join(this.#folder, "postgres"), database: "faults", port: this.#databasePort });
  }

  /** A second PostgreSQL that has all that the first has committed. Before Valet is started: the first stands still for a moment. */
  async addReplica(): Promise<void> {
    const [first, second] = [join(this.#folder, "postgres"), join(this.#folder, "replica")];
    await this.stopPostgres();
    await copyFiles(this.#postgres, first, second);
    await this.startPostgres();
    this.#replica = await follow(this.#postgres, second);
  }

  /** The first is gone at once, and for good. */
  async failOver(): Promise<void> {
    await this.crashPostgres();
    this.#postgres = await (this.#replica as Replica).takeOver(this.#databasePort, "faults");
    this.#replica = null;
  }

  /** Asks the database itself, past Valet. */
  async ask<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.#env.DATABASE_URL });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.killValet();
    await this.killRefresher();
    await this.#postgres.stop().catch(() => undefined);
    await this.#replica?.stop();
    await this.saas.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function endpointsOf({ url }: Saas) {
  const oauth = { authorizeUrl: `${url}/oauth/authorize`, tokenUrl: `${url}/oauth/token`, revokeUrl: `${url}/oauth/revoke`, issuer: url };
  return { ...oauth, accountUrl: `${url}/api/me`, apiBaseUrl: url };
}

async function startPart(file: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const part = fork(join(import.meta.dirname, file), [], {
    execArgv: ["--import", "tsx"],
    env: env as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ready = await Promise.race([once(part, "message").then(() => true), once(part, "exit").then(() => false)]);
  if (!ready) throw new Error(`${file} did not start.`);
  return part;
}

async function kill(part: ChildProcess | null): Promise<void> {
  if (!part || part.exitCode !== null || part.signalCode !== null) return;
  const gone = once(part, "exit");
  part.kill("SIGKILL");
  await gone;
}
