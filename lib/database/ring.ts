import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Settings, SettingsError } from "../settings";
import { ringSource } from "../vault/ringSource";
import { createVault, newRootKey, type Vault } from "../vault/vault";
import { withClient } from "./databases";

/** A word that is sealed at the first start: whichever ring opens it is the ring of this database. */
export const CANARY = { table: "instance", row: "1", column: "sealed_canary" };
const GIVE_IT = "Give the key it was set up with (the file `keys` in VALET_DATA_DIR, or your VALET_KEYS of then). Nothing was changed.";
const WRONG_KEY = `VALET_KEYS does not open this database: it was sealed with another key. ${GIVE_IT}`;
const NO_KEY = `There is no key for this database, and it is sealed with one. ${GIVE_IT}`;

/**
 * The key ring of this database, made where there is neither a ring nor anything sealed. Nothing is written to the database, its schema
 * included: one that was set up is opened by its own key, or left as it is.
 *
 * @throws SettingsError with the fix when there is no ring, or one that does not open this database.
 */
export async function findRing(settings: Settings, databaseUrl: string): Promise<string> {
  const sealedCanary = await keptCanary(databaseUrl);
  const kept = await ringSource(settings).readRing();
  if (!kept && sealedCanary !== null) throw new SettingsError(NO_KEY);
  const ring = kept ?? (await makeKeys(settings));
  if (sealedCanary !== null) requireOpens(createVault(ring), sealedCanary);
  return ring;
}

/** @throws SettingsError when the ring is another database's: nothing is ever sealed anew by mistake. */
export function requireOpens(vault: Vault, sealedCanary: string): void {
  try {
    vault.open("lasting", CANARY, sealedCanary);
  } catch {
    throw new SettingsError(WRONG_KEY);
  }
}

function keptCanary(databaseUrl: string): Promise<string | null> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ there: string | null }>("SELECT to_regclass('public.instance') AS there");
    if (!rows[0]?.there) return null;
    const found = await client.query<{ sealed_canary: string }>("SELECT sealed_canary FROM instance WHERE id = 1");
    return found.rows[0]?.sealed_canary ?? null;
  });
}

/** Keys beside the data, mode 0600 in a folder of mode 0700, made once. */
async function makeKeys(settings: Settings): Promise<string> {
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  await chmod(settings.dataDir, 0o700);
  const fresh = newRootKey("k1");
  await writeFile(join(settings.dataDir, "keys"), `${fresh}\n`, { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return (await ringSource(settings).readRing()) ?? fresh;
}
