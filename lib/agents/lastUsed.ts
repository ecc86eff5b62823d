import { touch } from "../activity/change";
import type { Core } from "../ctx";

const TOUCH_SECONDS = 60;

/** Notes that a credential proved its agent, at most once a minute. */
export async function noteCredentialUse(
  core: Core,
  { credentialId, lastUsedAt }: { readonly credentialId: string; readonly lastUsedAt: Date | null },
): Promise<void> {
  const now = core.clock.now();
  if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < TOUCH_SECONDS * 1000) return;
  await touch(core, (tx) => tx.agentCredential.update({ where: { id: credentialId }, data: { lastUsedAt: now } }));
}
