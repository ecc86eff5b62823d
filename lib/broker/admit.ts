import type { Overspent, Purse } from "../activity/spend";
import type { Use } from "../activity/use";
import { isChainEnd } from "../chains/rules";
import { endLentTokens } from "../connections/lentTokens";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { isId } from "../ids";
import { type Bounds, readBounds } from "../policy/bounds";
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
    if (isRefusal(error) && authority.grantId && isGrantsEnd(error)) await endLentTokens(core, [authority.grantId]);
    throw error;
  }
}

const LIMIT_REASONS = new Set(["calls_per_hour_spent", "batch_beyond_limit", "writes_per_run_spent", "hop_calls_spent"]);

/** A limit that is used up and a chain that ended leave the grant alive, and what was lent under it with it. */
function isGrantsEnd(refusal: Refusal): boolean {
  return !LIMIT_REASONS.has(refusal.reason) && !isChainEnd(refusal);
}

function admit(use: Use, authority: Authority, counted: Counted | undefined): Promise<void> {
  const { grantId, whyNot } = authority;
  const purses = pursesOf(authority);
  if (!grantId || !counted || purses.length === 0) return use.admit(whyNot);
  const runId = use.row.runIdVerified ?? use.row.runIdClaimed;
  return use.admitWithin({ grantId, runId, ...counted, purses }, overspent, whyNot);
}

/**
 * Everything that a use is paid out of: the grant, and every hop it came by, so that what is handed on is never more than there
 * was. A hop that has the same limit as one before it adds nothing: less cannot have gone through that one.
 */
function pursesOf({ grantId, bounds, chain }: Authority): Purse[] {
  const own = grantId ? [purseOf(grantId, bounds, null)] : [];
  const hops = (chain?.hops ?? []).map((hop) => purseOf(hop.id, readBounds(hop.bounds), hop.callsMax));
  const tightest: Partial<Record<Limit, number>> = {};
  return [...own, ...hops].flatMap((purse) => {
    const limits = LIMITS.filter((name) => (purse[name] ?? Number.POSITIVE_INFINITY) < (tightest[name] ?? Number.POSITIVE_INFINITY));
    for (const name of limits) tightest[name] = purse[name];
    return limits.length > 0 ? [{ id: purse.id, ...Object.fromEntries(limits.map((name) => [name, purse[name]])) }] : [];
  });
}

type Limit = Overspent["limit"];
const LIMITS: readonly Limit[] = ["callsPerHour", "writesPerRun", "callsMax"];

function purseOf(id: string, bounds: Bounds | null, callsMax: number | null): Purse {
  return { id, callsPerHour: bounds?.callsPerHour, writesPerRun: bounds?.writesPerRun, callsMax: callsMax ?? undefined };
}

function overspent({ limit, purse, retryAfterSeconds }: Overspent): Refusal {
  const whose = isId("dlg", purse.id) ? "What was handed on" : "This grant";
  switch (limit) {
    case "callsPerHour":
      return hourSpent(whose, purse.callsPerHour ?? 0, retryAfterSeconds);
    case "writesPerRun":
      return writesSpent(whose, purse.writesPerRun ?? 0);
    case "callsMax":
      return callsSpent(purse.callsMax ?? 0);
  }
}

function hourSpent(whose: string, most: number, retryAfterSeconds: number | null): Refusal {
  const facts = { limit: "calls_per_hour", most };
  const message = `${whose} may make ${most} calls in an hour.`;
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

function writesSpent(whose: string, most: number): Refusal {
  const message = most === 0 ? `${whose} may change nothing in any run.` : `${whose} may change ${most} things in one run.`;
  return new Refusal("not_allowed", `${message} This call would be one more.`, {
    reason: "writes_per_run_spent",
    next: "Stop changing things in this run, and tell your person what is left to do.",
    facts: { limit: "writes_per_run", most },
  });
}

function callsSpent(most: number): Refusal {
  return new Refusal("not_allowed", `What was handed on may make ${most} calls in all, by whoever has it. This would be more.`, {
    reason: "hop_calls_spent",
    next: "Finish with what you have, or ask to be handed more.",
    facts: { limit: "calls", most },
  });
}
