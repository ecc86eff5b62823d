import { type Dispatcher, MockAgent } from "undici";
import { createBreakers } from "../breakers";
import { keepOutage } from "../connections/outages";
import type { Core } from "../ctx";
import { openDatabase, writingSide } from "../db";
import { createLeases } from "../leases";
import { createLimits } from "../limits";
import { createMetrics } from "../metrics";
import { createOnce } from "../once";
import { NO_TRACING } from "../otlp";
import { readSettings, type Settings } from "../settings";
import { createSweeps } from "../sweeps";
import { createSigner, newSigningPair } from "../tokens/signer";
import { createTurns } from "../turns";
import { createVault } from "../vault/vault";
import { type TestClock, testClock } from "./clock";
import { testDatabase } from "./database";
import { fixedKeys } from "./keys";
import { type TestLog, testLog } from "./log";

export { agent, person } from "./people";
export { rows } from "./rows";

export const TEST_ISSUER = "http://valet.test";
/** A fixed ring: what one test sealed, every test can open. */
export const TEST_KEYS = `t1:${Buffer.alloc(32, 7).toString("base64url")}`;

export interface TestCore extends Core {
  readonly clock: TestClock;
  readonly log: TestLog;
  /** Where its database is, for tests that need a second process or plain SQL. */
  readonly databaseUrl: string;
  /** Closes the pool and drops the database. Call it in `afterAll`. */
  close(): Promise<void>;
}

export type TestCoreOverrides = Partial<Omit<Core, "db" | "settings" | "clock" | "log" | "limits">> & {
  readonly settings?: Partial<Settings>;
  /** Where the clock stands, ISO 8601. */
  readonly start?: string;
};

/** The real tools over a fresh database, but for three: the clock stands still, the log is silent, and the network is not there unless given. */
export async function testCore({ settings, start, ...given }: TestCoreOverrides = {}): Promise<TestCore> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url, { poolMax: 24 });
  const turns = createTurns(url);
  const pair = await newSigningPair("test");
  const allSettings = { ...readSettings({ NODE_ENV: "test", VALET_PUBLIC_URL: TEST_ISSUER }), ...settings };
  const [clock, log] = [testClock(start), testLog()];
  const breakers = createBreakers(clock, (at, outage) => void keepOutage({ db: database.db, log, clock }, at, outage));
  return {
    db: database.db,
    clock,
    startedAt: clock.now(),
    log,
    fetch: noNetwork,
    upstream: noUpstream(),
    settings: allSettings,
    vault: createVault(TEST_KEYS),
    signer: createSigner(TEST_ISSUER, fixedKeys(pair)),
    limits: createLimits(writingSide(database.db).pool),
    leases: createLeases(writingSide(database.db).pool, allSettings.requestsPerMinute),
    once: createOnce(writingSide(database.db).pool),
    metrics: createMetrics(() => ({ poolTotal: 0, poolWaiting: 0, flights: 0, spansDropped: 0, outages: breakers.outages() })),
    breakers,
    sweeps: createSweeps(clock, log),
    flights: new Map(),
    turns,
    tracing: NO_TRACING,
    refresher: null,
    ...given,
    databaseUrl: url,
    async close() {
      await turns.close();
      await database.close();
      await drop();
    },
  };
}

const noNetwork: typeof fetch = async (input) => {
  throw new Error(`A test asked the network for ${new URL(input instanceof Request ? input.url : input).origin}.`);
};

function noUpstream(): Dispatcher {
  const agent = new MockAgent();
  agent.disableNetConnect();
  return agent;
}
