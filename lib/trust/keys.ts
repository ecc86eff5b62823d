import { change, touch } from "../activity/change";
import { asActor, type Core, type Ctx } from "../ctx";
import type { ForeignKeys } from "../tokens/foreignJwt";
import { type FetchedKeys, fetchKeys, KeysUnreachable } from "./fetchKeys";
import { asIssuer, type KeptKeys, keptColumn, keyNames, type TrustedIssuer } from "./issuer";
import { KeySetRefused } from "./keySet";

/** After a look, the next one: strangers who name unknown keys cannot make Valet ask more often. */
const LOOKS_APART_SECONDS = 60;
const REFRESH_SECONDS = { min: 300, usual: 3600, max: 24 * 60 * 60 };
/** SPIFFE Trust Domain and Bundle section 4.1.3: five minutes where the bundle says nothing. */
const BUNDLE_SECONDS = { min: 60, usual: 300 };
/** A file costs nothing to read, and whoever replaced it waits for this. */
const FILE_SECONDS = 60;

/** The issuer with keys that are not older than they may be. When they cannot be had, the last good ones stay, and it says why. */
export async function withFreshKeys(core: Core, issuer: TrustedIssuer): Promise<TrustedIssuer> {
  const { fetchedAt, kept } = issuer;
  const isOld = !fetchedAt || secondsSince(core, fetchedAt) >= kept.refreshSeconds;
  return isOld && mayLook(core, issuer) ? look(core, issuer) : issuer;
}

/** The issuer looked at anew because a token names a key that is not there. Null when it was looked at within the minute. */
export async function withNewerKeys(core: Core, issuer: TrustedIssuer): Promise<TrustedIssuer | null> {
  return mayLook(core, issuer) ? look(core, issuer) : null;
}

function mayLook(core: Core, { keysFrom, fetchedAt, kept }: TrustedIssuer): boolean {
  const looks = [fetchedAt, kept.failure?.at].filter((at) => at instanceof Date);
  return keysFrom !== "inline" && looks.every((at) => secondsSince(core, at) >= LOOKS_APART_SECONDS);
}

function secondsSince(core: Core, at: Date): number {
  return (core.clock.now().getTime() - at.getTime()) / 1000;
}

/** One look at a time in a process: everybody who waits gets its answer. */
function look(core: Core, issuer: TrustedIssuer): Promise<TrustedIssuer> {
  const name = `keys of ${issuer.id}`;
  const underWay = core.flights.get(name) as Promise<TrustedIssuer> | undefined;
  if (underWay) return underWay;
  const system = asActor(core, { kind: "system", name: "trust" } as const);
  const flight = lookNow(system, issuer, false).finally(() => core.flights.delete(name));
  core.flights.set(name, flight);
  return flight;
}

/**
 * Looks at an issuer's keys now and keeps what is found. A look that fails keeps the last good keys. Changed keys leave a row;
 * others leave one when it is `told`, because an admin asked.
 */
export async function lookNow(ctx: Ctx, issuer: TrustedIssuer, told: boolean): Promise<TrustedIssuer> {
  const found = await judge(ctx, issuer);
  const now = ctx.clock.now();
  if (typeof found === "string") {
    ctx.log.warn("trust.keys_failed", { issuerId: issuer.id, why: found });
    const after = { ...issuer, kept: { ...issuer.kept, failure: { at: now, sentence: found } } };
    return store(ctx, issuer, after, told);
  }
  const kept = { keys: found.keys, refreshSeconds: refreshSeconds(issuer, found), failure: null };
  const isOther = spell(found.keys) !== spell(issuer.kept.keys);
  return store(ctx, issuer, { ...issuer, kept, sequence: found.sequence, fetchedAt: now }, told || isOther);
}

/** Keys in one spelling: the database has an order of members of its own. */
function spell(keys: ForeignKeys): string {
  return keys
    .map((key) => JSON.stringify(Object.entries(key).sort()))
    .sort()
    .join();
}

/** What was fetched, or the sentence why it does not count. */
async function judge(core: Core, issuer: TrustedIssuer): Promise<FetchedKeys | string> {
  try {
    const found = await fetchKeys(core, issuer);
    if (issuer.sequence === null || (found.sequence !== null && found.sequence >= issuer.sequence)) return found;
    return `The bundle is older than the one before: its sequence went from ${issuer.sequence} to ${found.sequence ?? "none"}.`;
  } catch (error) {
    if (error instanceof KeysUnreachable || error instanceof KeySetRefused) return error.message;
    throw error;
  }
}

function refreshSeconds({ kind, keysFrom }: TrustedIssuer, { refreshHintSeconds, maxAgeSeconds }: FetchedKeys): number {
  if (keysFrom === "file") return FILE_SECONDS;
  const within = (seconds: number, min: number) => Math.min(Math.max(seconds, min), REFRESH_SECONDS.max);
  return kind === "spiffe"
    ? within(refreshHintSeconds ?? BUNDLE_SECONDS.usual, BUNDLE_SECONDS.min)
    : within(maxAgeSeconds ?? REFRESH_SECONDS.usual, REFRESH_SECONDS.min);
}

/** Keeps it unless another process has looked meanwhile: then that look counts, and an old bundle never comes after a new one. */
async function store(ctx: Ctx, before: TrustedIssuer, after: TrustedIssuer, withRow: boolean): Promise<TrustedIssuer> {
  const where = { id: before.id, fetchedAt: before.fetchedAt };
  const data = { keys: keptColumn(after.kept), sequence: after.sequence, fetchedAt: after.fetchedAt };
  if (!withRow) {
    await touch(ctx, (tx) => tx.trustedIssuer.updateMany({ where, data }));
    return after;
  }
  const kept = await change(ctx, "trusted_issuer.refresh", async (tx, row) => {
    Object.assign(row, { target: before.name, ...outcome(before.kept, after.kept) });
    return (await tx.trustedIssuer.updateMany({ where, data })).count === 1;
  });
  if (kept) return after;
  const record = await ctx.db.trustedIssuer.findUniqueOrThrow({ where: { id: before.id } });
  return asIssuer(record);
}

function outcome(before: KeptKeys, after: KeptKeys) {
  if (after.failure) return { reason: "keys_failed", reasonText: after.failure.sentence };
  const [old, now] = [keyNames(before.keys), keyNames(after.keys)];
  const detail = { added: now.filter((name) => !old.includes(name)), removed: old.filter((name) => !now.includes(name)) };
  return { reason: after.keys.length === 0 ? "keys_empty" : "keys_fetched", detail };
}
