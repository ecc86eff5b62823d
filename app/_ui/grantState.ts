import type { GrantView } from "@/lib/grants/list";
import type { State } from "./Status";

/** A grant's state as a label says it: a suspended one must not pass for one that only waits. */
export function shownState({ state, stateReason }: Pick<GrantView, "state" | "stateReason">): State {
  return stateReason === "grant_suspended" ? "self_test_failed" : state;
}
