import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { takePlace } from "../places";
import type { Authority } from "./authority";

/** Calls that one caller has under way in one process, streams included: the rest is for others. */
export const CALLS_OF_ONE_CALLER_MAX = 512;
/** The same with one account, whoever calls. */
export const CALLS_WITH_ONE_CONNECTION_MAX = 1_024;

/**
 * Takes a place for one call until it has ended. Where nobody can tell when that is, nothing is counted.
 *
 * Refuses `too_many_requests`.
 *
 * @param atEnd hears who wants to know when the call has ended.
 */
export function takeCallPlace(
  core: Core,
  agentId: string | null,
  { personId, connectionId }: Authority,
  atEnd?: (then: () => void) => void,
): void {
  if (!atEnd) return;
  const caller = agentId ?? personId;
  atEnd(takePlace(core, `calls of ${caller}`, CALLS_OF_ONE_CALLER_MAX) ?? refuse("This caller has", CALLS_OF_ONE_CALLER_MAX));
  const name = `calls with ${connectionId}`;
  atEnd(takePlace(core, name, CALLS_WITH_ONE_CONNECTION_MAX) ?? refuse("This account has", CALLS_WITH_ONE_CONNECTION_MAX));
}

function refuse(whose: string, most: number): never {
  throw new Refusal("too_many_requests", `${whose} ${most} calls under way, streams included. Wait until one has ended.`, {
    reason: "calls_under_way",
    retryAfterSeconds: 1,
  });
}
