import type { Core } from "../ctx";
import { preparedRead } from "../db";
import type { Signer } from "../tokens/signer";
import { openSigner } from "./open";

const MADE = "select exists(select from instance) and exists(select from signing_keys) as made";

/**
 * The signer of a process beside a refresher. What is made once the refresher makes, and what is sealed as it was once the refresher seals
 * anew: where nothing of that is left to do, nobody waits for it, and exchanges are answered while it starts.
 *
 * @param refresherStarted ends when the refresher answers.
 */
export async function openBeside(core: Omit<Core, "signer">, refresherStarted: () => Promise<void>): Promise<Signer> {
  const [found] = await preparedRead<{ made: boolean }>(core.db, "was_made", MADE, []);
  const early = found?.made ? await openSigner(core).catch(() => null) : null;
  if (early) return early;
  await refresherStarted();
  return openSigner(core);
}
