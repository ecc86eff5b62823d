import type { Caller, Proved } from "../broker/caller";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { Quota } from "../leases";
import type { NewHeaderFields } from "../net/message";
import { takePlace } from "../places";
import type { WireContext } from "./context";
import { REQUESTS_OF_ONE_CLIENT_MAX } from "./wireLimits";

/** The counting of one request. */
export interface ClientRate {
  /** Counts the request once, whoever is proved how often; refuses `too_many_requests` beyond the limit. */
  readonly proved: Proved;
  /** Says what is left. Nothing where nobody was proved: a failed proof tells nothing about anybody. */
  describe(headers: NewHeaderFields): void;
}

/**
 * Rate limits per client: an agent, or a person. RateLimit header fields for HTTP, `draft-ietf-httpapi-ratelimit-headers`.
 *
 * @param atEnd of the request's WireContext: what a client has under way is counted until then.
 */
export function clientRate(core: Core, atEnd?: WireContext["atEnd"]): ClientRate {
  let quota: Quota | null = null;
  return {
    async proved(caller) {
      if (quota) return;
      atEnd?.(takePlace(core, `requests of ${nameOf(caller)}`, REQUESTS_OF_ONE_CLIENT_MAX) ?? refuse());
      const spent = await core.leases.spend(nameOf(caller), core.clock.now());
      quota = "refusal" in spent ? spent.quota : spent;
      if ("refusal" in spent) throw spent.refusal;
    },
    describe(headers) {
      if (!quota) return;
      headers.set("ratelimit-policy", `"client";q=${quota.limit};w=${quota.windowSeconds}`);
      headers.set("ratelimit", `"client";r=${quota.remaining};t=${quota.resetSeconds}`);
    },
  };
}

function refuse(): never {
  const message = `This client has ${REQUESTS_OF_ONE_CLIENT_MAX} requests under way. Wait until one is answered.`;
  throw new Refusal("too_many_requests", message, { reason: "requests_under_way", retryAfterSeconds: 1 });
}

function nameOf(caller: Caller): string {
  return caller.kind === "agent" ? caller.agentId : caller.personId;
}
