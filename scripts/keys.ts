// Bundled into dist/keys.mjs: `rotate` seals everything anew under the newest key of the ring.
import { join } from "node:path";
import type { Ctx } from "../lib/ctx";
import { runningEmbedded, startEmbedded } from "../lib/database/embedded";
import { rotateKeys } from "../lib/database/rotateKeys";
import { openDatabase } from "../lib/db";
import { readSettings, SettingsError } from "../lib/settings";
import { ringSource } from "../lib/vault/ringSource";
import { createVault } from "../lib/vault/vault";

const say = (sentence: string) => process.stderr.write(`${sentence}\n`);

try {
  if (process.argv[2] !== "rotate") throw new Error("Say what to do with the keys: npm run keys rotate");
  await withDatabase(rotate);
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
}

async function rotate(url: string): Promise<void> {
  const ring = await ringSource(readSettings(process.env)).readRing();
  if (!ring)
    throw new SettingsError("There is no key ring here: give VALET_KEYS, VALET_KEYS_COMMAND or the file `keys` in VALET_DATA_DIR.");
  const older = ring.split(",").slice(1);
  const names = older.map((one) => one.split(":")[0]);
  const database = openDatabase(url, { poolMax: 2 });
  const tools = { db: database.db, clock: { now: () => new Date() }, vault: createVault(ring), actor: { kind: "system", name: "keys" } };
  try {
    const { key, resealed, unread, keysInUse } = await rotateKeys(tools as unknown as Ctx, url, (done, all) =>
      say(`${done} of ${all} sealed anew.`),
    );
    say(`Sealed ${resealed} values anew with the key ${key}.`);
    for (const one of unread.slice(0, 20)) say(`No key of this ring opens ${one}: it was left as it is.`);
    if (unread.length > 0) process.exitCode = 1;
    if (keysInUse.length > 0) say(`Still sealed with an older key: keep ${keysInUse.join(", ")} in the ring, and run this again.`);
    else if (names.length > 0)
      say(
        `Nothing is sealed with an older key any more. Take ${names.join(", ")} out of the ring and start Valet again. Backups from before need it: keep it as long as you keep them.`,
      );
  } finally {
    await database.close();
  }
}

/** The one in DATABASE_URL, or the embedded one: as it runs, or started for as long as this takes. */
async function withDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const { databaseUrl, dataDir } = readSettings(process.env);
  if (databaseUrl) return work(databaseUrl);
  const where = { dataDir: join(dataDir, "postgres"), database: "valet" };
  const running = await runningEmbedded(where);
  if (running) return work(running);
  const embedded = await startEmbedded(where);
  try {
    await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}
