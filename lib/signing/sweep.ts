import { change } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { Refusal } from "../errors";
import { ACCESS_SECONDS_MAX } from "../tokens/signer";
import { holdSigningKeys, KEYS_STALE_SECONDS_MAX, publishedKeys, unlessDone } from "./record";
import { makeNextKey } from "./rotate";

const SIGNS_DAYS_MAX = 90;
/** After its successor is active, a key may sign for as long as a process may be late, and what it signed lives an hour at most. */
const PUBLISHED_AFTER_SECONDS = KEYS_STALE_SECONDS_MAX + ACCESS_SECONDS_MAX;

/**
 * Makes the next signing key after ninety days, and retires those whose last token has ended. The server calls it at its start and
 * every minute; of several processes one does it.
 */
export async function sweepSigningKeys(core: Core): Promise<void> {
  const now = core.clock.now();
  const keys = await publishedKeys(core.db);
  const system = asActor(core, { kind: "system", name: "rotation" } as const);
  const latest = keys.at(-1);
  if (latest && isPast(latest.activeFrom, SIGNS_DAYS_MAX * 86_400, now)) await unlessDone(() => makeNextKey(system));
  for (const [index, key] of keys.entries()) {
    const successor = keys[index + 1];
    if (successor && isPast(successor.activeFrom, PUBLISHED_AFTER_SECONDS, now)) await unlessDone(() => retire(system, key.kid));
  }
}

function isPast(at: Date, seconds: number, now: Date): boolean {
  return at.getTime() + seconds * 1000 <= now.getTime();
}

async function retire(system: ReturnType<typeof asActor>, kid: string): Promise<void> {
  await change(system, "signing_key.retire", async (tx, row) => {
    await holdSigningKeys(tx);
    const { count } = await tx.signingKey.updateMany({ where: { kid, retiredAt: null }, data: { retiredAt: system.clock.now() } });
    if (count === 0) throw new Refusal("conflict", "This key is retired already.");
    row.target = `Signing key ${kid}`;
  });
}
