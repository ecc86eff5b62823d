import type { Overspent } from "../activity/spend";
import type { Use } from "../activity/use";
import { endLentTokens } from "../connections/lentTokens";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import type { Bounds } from "../policy/bounds";
import type { Authority } from "./authority";

/** What a use counts for: a batch for all that is in it. */
export interface Counted {
  readonly calls: number;
  readonly writes: number;
}

/** Admits a use, or refuses it and ends at the SaaS what was made for it: somebody ended the grant while it was being made. */
export async function admitUse(core: Core, use: Use, authority: Authority, counted?: Counted): Promise<void> {
  try {
    await admit(use, authority, counted);
  } catch (error) {
    if (isRefusal(error) && authority.grantId && !LIMIT_REASONS.has(error.reason)) await endLentTokens(core, [authority.grantId]);
    throw error;
  }
}

const LIMIT_REASONS = new Set(["calls_per_hour_spent", "batch_beyond_limit", "writes_per_run_spent"]);

function admit(use: Use, { grantId, bounds, whyNot }: Authority, counted: Counted | undefined): Promise<void> {
  const { callsPerHour, writesPerRun } = bounds ?? {};
  const isLimited = callsPerHour !== undefined || writesPerRun !== undefined;
  if (!grantId || !counted || !isLimited) return use.admit(whyNot);
  const spending = { grantId, runId: use.row.runIdClaimed, ...counted, callsPerHour, writesPerRun };
  return use.admitWithin(spending, (over) => overspent(bounds, over), whyNot);
}

function overspent(bounds: Bounds | null, { limit, retryAfterSeconds }: Overspent): Refusal {
  if (limit === "writesPerRun") return writesSpent(bounds?.writesPerRun ?? 0);
  const facts = { limit: "calls_per_hour", most: bounds?.callsPerHour };
  const message = `This grant may make ${bounds?.callsPerHour} calls in an hour.`;
  if (retryAfterSeconds === null)
    return new Refusal("not_allowed", `${message} This batch has more.`, {
      reason: "batch_beyond_limit",
      next: "Send smaller batches.",
      facts,
    });
  return new Refusal("too_many_requests", `${message} They are used up.`, {
    reason: "calls_per_hour_spent",
    next: `Wait ${retryAfterSeconds} seconds and try again.`,
    facts,
    retryAfterSeconds,
  });
}

function writesSpent(most: number): Refusal {
  const message = most === 0 ? "This grant may change nothing in any run." : `This grant may change ${most} things in one run.`;
  return new Refusal("not_allowed", `${message} This call would be one more.`, {
    reason: "writes_per_run_spent",
    next: "Stop changing things in this run, and tell your person what is left to do.",
    facts: { limit: "writes_per_run", most },
  });
}
