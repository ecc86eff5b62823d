import { touch } from "../activity/change";
import type { Core } from "../ctx";
import { gather } from "../gather";

/** How often the use of a credential is noted. */
export const TOUCH_SECONDS = 60;

type Note = (credentialId: string) => Promise<void>;
/** Per process: `flights` is what every copy of one core shares. */
const notes = new WeakMap<Core["flights"], Note>();

/** Notes that a credential proved its agent, at most once a minute; of many at once, one does. Answers whether this one did. */
export async function noteCredentialUse(
  core: Core,
  { credentialId, lastUsedAt }: { readonly credentialId: string; readonly lastUsedAt: Date | null },
): Promise<boolean> {
  const now = core.clock.now();
  const key = `touch:${credentialId}`;
  if ((lastUsedAt && now.getTime() - lastUsedAt.getTime() < TOUCH_SECONDS * 1000) || core.flights.has(key)) return false;
  const note = notes.get(core.flights) ?? gather((ids: readonly string[]) => noteAll(core, ids), { flights: 1, most: 200 });
  notes.set(core.flights, note);
  const noted = note(credentialId);
  core.flights.set(key, noted);
  await noted.finally(() => core.flights.delete(key));
  return true;
}

async function noteAll(core: Core, credentialIds: readonly string[]): Promise<readonly undefined[]> {
  const data = { lastUsedAt: core.clock.now() };
  await touch(core, (tx) => tx.agentCredential.updateMany({ where: { id: { in: [...credentialIds].sort() } }, data }));
  return credentialIds.map(() => undefined);
}
