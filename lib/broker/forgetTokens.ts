import { touch } from "../activity/change";
import type { Core } from "../ctx";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Forgets what would be refused for its age in any case: tokens that were ended, once they would have ended by themselves; terminals' codes
 * after a day; and refresh tokens once their family is over, until when a second use of one has to be known. The server calls it every
 * minute.
 */
export async function forgetTokens(core: Core): Promise<void> {
  const now = core.clock.now();
  const dayAgo = new Date(now.getTime() - DAY_MS);
  await touch(core, (tx) => tx.endedToken.deleteMany({ where: { expiresAt: { lt: now } } }));
  await touch(core, (tx) => tx.deviceCode.deleteMany({ where: { expiresAt: { lt: dayAgo } } }));
  await touch(core, (tx) => tx.refreshToken.deleteMany({ where: { familyEndsAt: { lt: dayAgo } } }));
}
