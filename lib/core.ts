import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pino from "pino";
import { change } from "./activity/change";
import { asActor, type Core, type Log } from "./ctx";
import { withClient } from "./database/databases";
import { startEmbedded } from "./database/embedded";
import { applyMigrations } from "./database/migrate";
import { openDatabase, type ReadDb, writingSide } from "./db";
import { createLeases } from "./leases";
import { createLimits } from "./limits";
import { createMetrics } from "./metrics";
import { guardedDispatcher, guardedFetch } from "./net/guard";
import { createOnce } from "./once";
import { createTracing } from "./otlp";
import { readSettings, type Settings, SettingsError } from "./settings";
import { openSigner } from "./signing/open";
import type { Signer } from "./tokens/signer";
import type { Tracing } from "./tracing";
import { createTurns, type Turns } from "./turns";
import { createVault, newRootKey, type Vault } from "./vault/vault";

/** A running core and how to end it. */
export interface RunningCore {
  readonly core: Core;
  /** Closes the pool, then the embedded PostgreSQL if this process started it. */
  stop(): Promise<void>;
}

const CANARY = { table: "instance", row: "1", column: "sealed_canary" };
const CANARY_WORD = "valet";
const GIVE_IT = "Give the key it was set up with (the file `keys` in VALET_DATA_DIR, or your VALET_KEYS of then). Nothing was changed.";
const WRONG_KEY = `VALET_KEYS does not open this database: it was sealed with another key. ${GIVE_IT}`;
const NO_KEY = `There is no key for this database, and it is sealed with one. ${GIVE_IT}`;
const MIGRATIONS = join(process.cwd(), "prisma", "migrations");
const SHARED = Symbol.for("valet.core");

/**
 * Starts everything but the server: settings, keys, database, migrations, signing keys.
 *
 * @throws SettingsError with the fix when a setting is bad, or when the key ring does not open this database.
 */
export async function startCore(
  env: Record<string, string | undefined>,
  onProgress: (sentence: string) => void = () => undefined,
): Promise<RunningCore> {
  const settings = readSettings(env);
  const tracing = createTracing(settings.otlp);
  const embedded = settings.databaseUrl
    ? null
    : await startEmbedded({ dataDir: join(settings.dataDir, "postgres"), database: "valet", onProgress });
  const databaseUrl = settings.databaseUrl ?? (embedded as { url: string }).url;
  let close: () => Promise<unknown> = async () => undefined;
  const stop = async () => {
    await Promise.all([close(), tracing.stop()]);
    await embedded?.stop();
  };
  try {
    const vault = await openVault(settings, databaseUrl);
    const applied = await applyMigrations(databaseUrl, MIGRATIONS);
    if (applied.applied.length > 0) onProgress(`Applied ${applied.applied.length} migration(s).`);
    const [database, turns] = [openDatabase(databaseUrl), createTurns(databaseUrl)];
    close = () => Promise.all([turns.close(), database.close()]);
    const core = await assemble(settings, vault, database.db, turns, tracing);
    await checkKeys(core);
    return { core: { ...core, signer: await openSigner(core) }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Before anything is written, the schema included: a database that was set up is opened by its own key, or left as it is. */
async function openVault(settings: Settings, databaseUrl: string): Promise<Vault> {
  const sealedCanary = await keptCanary(databaseUrl);
  const kept = settings.keys ?? (await readKeys(settings));
  if (!kept && sealedCanary !== null) throw new SettingsError(NO_KEY);
  const vault = createVault(kept ?? (await makeKeys(settings)));
  if (sealedCanary !== null) requireOpens(vault, sealedCanary);
  return vault;
}

function keptCanary(databaseUrl: string): Promise<string | null> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ there: string | null }>("SELECT to_regclass('public.instance') AS there");
    if (!rows[0]?.there) return null;
    const found = await client.query<{ sealed_canary: string }>("SELECT sealed_canary FROM instance WHERE id = 1");
    return found.rows[0]?.sealed_canary ?? null;
  });
}

/** The one core of this process: `server.ts` puts it there; where Next runs alone, the first request starts it. */
export function getCore(): Promise<Core> {
  const holder = globalThis as unknown as Record<symbol, Promise<Core> | undefined>;
  holder[SHARED] ??= startCore(process.env).then(({ core }) => core);
  return holder[SHARED];
}

/** Makes a started core the one of this process. */
export function shareCore(core: Core): void {
  (globalThis as unknown as Record<symbol, Promise<Core>>)[SHARED] = Promise.resolve(core);
}

type CoreWithoutSigner = Omit<Core, "signer"> & { readonly signer: Signer };

async function assemble(settings: Settings, vault: Vault, db: ReadDb, turns: Turns, tracing: Tracing): Promise<CoreWithoutSigner> {
  const upstream = guardedDispatcher(trustedHosts(settings));
  const { pool } = writingSide(db);
  const flights = new Map<string, Promise<unknown>>();
  const watched = () => ({
    poolTotal: pool.totalCount,
    poolWaiting: pool.waitingCount,
    flights: refreshesIn(flights),
    spansDropped: tracing.dropped(),
  });
  return {
    db,
    clock: { now: () => new Date() },
    fetch: guardedFetch(upstream),
    upstream,
    log: createLog(settings.logLevel),
    settings,
    vault,
    signer: await noSigner(),
    limits: createLimits(pool),
    leases: createLeases(pool, settings.requestsPerMinute),
    once: createOnce(pool),
    metrics: createMetrics(watched, { process: true }),
    flights,
    turns,
    tracing,
  };
}

function refreshesIn(flights: ReadonlyMap<string, unknown>): number {
  return [...flights.keys()].filter((key) => key.startsWith("refresh:")).length;
}

/** Hosts an operator named in a setting may be private: their own GitHub, the demo's SaaS. */
function trustedHosts(settings: Settings): ReadonlySet<string> {
  const urls = Object.values(settings.endpoints).flatMap((endpoints) => Object.values(endpoints));
  return new Set(urls.flatMap((url) => (url ? [new URL(url).hostname] : [])));
}

function createLog(level: string): Log {
  // Nothing of its own beside level and time: a name that a line has twice is one that its readers lose.
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return {
    info: (event, fields) => logger.info({ ...fields, event }),
    warn: (event, fields) => logger.warn({ ...fields, event }),
    error: (event, fields) => logger.error({ ...fields, event }),
  };
}

/** Null where there is no such file. */
async function readKeys(settings: Settings): Promise<string | null> {
  return readFile(join(settings.dataDir, "keys"), "utf8").then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? null : Promise.reject(error)),
  );
}

/** Keys beside the data, mode 0600 in a folder of mode 0700, made once. */
async function makeKeys(settings: Settings): Promise<string> {
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  await chmod(settings.dataDir, 0o700);
  const fresh = newRootKey("k1");
  await writeFile(join(settings.dataDir, "keys"), `${fresh}\n`, { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return (await readKeys(settings)) ?? fresh;
}

/** The ring must open what this database was sealed with: nothing is ever sealed anew by mistake. */
async function checkKeys(core: Core): Promise<void> {
  const instance = await core.db.instance.findUnique({ where: { id: 1 } });
  if (!instance) return makeInstance(core);
  requireOpens(core.vault, instance.sealedCanary);
}

function requireOpens(vault: Vault, sealedCanary: string): void {
  try {
    vault.open("lasting", CANARY, sealedCanary);
  } catch {
    throw new SettingsError(WRONG_KEY);
  }
}

async function makeInstance(core: Core): Promise<void> {
  const system = asActor(core, { kind: "system", name: "start" } as const);
  await change(system, "instance.create", async (tx, row) => {
    row.target = "This Valet";
    const sealedCanary = core.vault.seal("lasting", CANARY, CANARY_WORD);
    await tx.instance.upsert({ where: { id: 1 }, create: { id: 1, sealedCanary, createdAt: core.clock.now() }, update: {} });
  });
}

/** Stands in while the real one is being opened: nothing is signed before a start is complete. */
async function noSigner(): Promise<Signer> {
  const refuse = () => Promise.reject(new Error("The signing keys are not open yet."));
  return { sign: refuse, verify: refuse, jwks: refuse, reload: refuse };
}
