import { touch } from "../activity/change";
import type { Core } from "../ctx";

/** How often the use of a credential is noted. */
export const TOUCH_SECONDS = 60;

/** Notes that a credential proved its agent, at most once a minute; of many at once, one does. Answers whether this one did. */
export async function noteCredentialUse(
  core: Core,
  { credentialId, lastUsedAt }: { readonly credentialId: string; readonly lastUsedAt: Date | null },
): Promise<boolean> {
  const now = core.clock.now();
  const key = `touch:${credentialId}`;
  if ((lastUsedAt && now.getTime() - lastUsedAt.getTime() < TOUCH_SECONDS * 1000) || core.flights.has(key)) return false;
  const noted = touch(core, (tx) => tx.agentCredential.update({ where: { id: credentialId }, data: { lastUsedAt: now } }));
  core.flights.set(key, noted);
  await noted.finally(() => core.flights.delete(key));
  return true;
}
