import type { JWK } from "jose";
import { change } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { Refusal } from "../errors";
import { createSigner, type Signer, type SigningKeys } from "../tokens/signer";
import {
  holdSigningKeys,
  KEYS_STALE_SECONDS_MAX,
  newSigningKey,
  openPrivate,
  readPublished,
  type SigningKeyRecord,
  unlessDone,
} from "./record";

const RELOAD_SECONDS = 60;
/** Tokens that name a key nobody has may come in any number: they make us read again so often at most. */
const LOOK_AGAIN_SECONDS = 10;

type CoreWithoutSigner = Omit<Core, "signer">;

/** The signer over the keys in the database; makes the first key where there is none. */
export async function openSigner(core: CoreWithoutSigner): Promise<Signer> {
  const [keys, now] = [keptKeys(core), core.clock.now()];
  if ((await keys.published(now)).length === 0) {
    if ((await core.db.signingKey.count()) === 0) await unlessDone(() => makeFirstKey(core));
    // Also where another process made it in between.
    await keys.reload(now);
  }
  return createSigner(core.settings.publicUrl, keys);
}

/** Two processes may start on an empty database at once: the second finds the key of the first. */
async function makeFirstKey(core: CoreWithoutSigner): Promise<void> {
  const system = asActor(core as Core, { kind: "system", name: "start" } as const);
  const data = await newSigningKey(core, 0);
  await change(system, "signing_key.create", async (tx, row) => {
    await holdSigningKeys(tx);
    if ((await tx.signingKey.count()) > 0) throw new Refusal("conflict", "There is a signing key already.");
    await tx.signingKey.create({ data });
    row.target = `Signing key ${data.kid}`;
  });
}

interface Loaded {
  readonly at: Date;
  readonly records: readonly SigningKeyRecord[];
  readonly published: readonly JWK[];
}

/** Read again each minute, when somebody asks. While the database is away, what was read last serves for five minutes. */
function keptKeys(core: CoreWithoutSigner): SigningKeys {
  let loaded: Loaded | null = null;
  let loading: Promise<Loaded> | null = null;
  const reload = (now: Date) => {
    loading ??= load(core, now, loaded).finally(() => {
      loading = null;
    });
    return loading;
  };
  const fresh = async (now: Date): Promise<Loaded> => {
    if (loaded && within(loaded.at, now, RELOAD_SECONDS)) return loaded;
    const before = loaded;
    loaded = await reload(now).catch((error: unknown) => {
      if (!before || !within(before.at, now, KEYS_STALE_SECONDS_MAX)) throw error;
      core.log.warn("signing_keys.stale", { name: error instanceof Error ? error.name : "unknown" });
      return before;
    });
    return loaded;
  };
  return {
    current: async (now) => currentOf((await fresh(now)).records, now),
    published: async (now) => (await fresh(now)).published,
    reload: async (now) => {
      loaded = await reload(now);
    },
    async lookAgain(now) {
      if (loaded && within(loaded.at, now, LOOK_AGAIN_SECONDS)) return false;
      loaded = await reload(now);
      return true;
    },
  };
}

function within(at: Date, now: Date, seconds: number): boolean {
  return Math.abs(now.getTime() - at.getTime()) < seconds * 1000;
}

/** Opens what it has not opened before: what was imported for one key stays with it. */
async function load(core: CoreWithoutSigner, at: Date, before: Loaded | null): Promise<Loaded> {
  const kept = await readPublished(core.db);
  const records = kept.map((key): SigningKeyRecord => {
    const known = before?.records.find(({ kid }) => kid === key.kid);
    return known ?? { kid: key.kid, publicJwk: key.publicJwk as JWK, privateJwk: openPrivate(core, key), activeFrom: key.activeFrom };
  });
  const same = before?.records.length === records.length && records.every((key, index) => key === before.records[index]);
  return { at, records, published: same ? before.published : records.map(({ publicJwk }) => publicJwk) };
}

function currentOf(records: readonly SigningKeyRecord[], now: Date): SigningKeyRecord {
  const active = records.filter(({ activeFrom }) => activeFrom <= now).at(-1);
  if (!active) throw new Error("There is no signing key that is active.");
  return active;
}
