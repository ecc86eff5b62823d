import type { Use } from "../activity/use";
import type { Core } from "../ctx";
import { isRefusal } from "../errors";
import { type Basis, type Recall, readNow, Stale } from "../recall";

/** These were not decided by what was remembered, or are not to be asked for twice. */
const FINAL = new Set(["too_many_requests", "upstream_failed", "unavailable"]);

/**
 * Decides a use by what was read before, which costs no reading; the gate compares it with what is there. Where that has changed, and where the
 * decision would be a refusal, everything is read now and decided once more: nothing is given and nothing refused by memory alone.
 *
 * @param decide up to the gate, and nothing that may not be done twice. The second time it proves the caller again, if that was by memory.
 */
export async function rememberedFirst<T>(
  core: Core,
  use: Use,
  basis: Basis,
  recall: Recall,
  decide: (recall: Recall, again: boolean) => Promise<T>,
): Promise<T> {
  const known = { ...use.row };
  use.row.basis = basis;
  try {
    return await decide(recall, false);
  } catch (error) {
    if (!basis.recalled || !(error instanceof Stale || (isRefusal(error) && !FINAL.has(error.code)))) throw error;
  }
  Object.assign(use.row, known);
  return decide(readNow(core.db), true);
}

/** Nothing rests on it yet. */
export function newBasis(): Basis {
  return { versions: {}, recalled: false };
}
