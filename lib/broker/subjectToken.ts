import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { ActClaim, VerifiedClaims } from "../tokens/signer";
import type { Caller } from "./caller";
import { type ProvedActor, proveActor } from "./proveActor";
import { verifyOurs } from "./verifyOurs";

/** The claims of a token by which an agent acts for a person under a grant. */
export type Delegated = VerifiedClaims & { readonly act: ActClaim; readonly grant_id: string };

/**
 * The token that is to be handed on. Refuses `invalid_request` for what is no live token of ours (`subject_token_unknown`, `..._expired`,
 * `..._revoked`), and one that nobody acts by for somebody else under a grant (`subject_token_not_delegated`).
 */
export async function readSubject(core: Core, token: string, now: Date): Promise<Delegated> {
  const claims = await verifyOurs(core, token, now, "subject_token");
  const { act, grant_id } = claims;
  if (act && grant_id) return { ...claims, act, grant_id };
  throw refuse("subject_token_not_delegated", "Only a token by which an agent acts for a person under a grant can be handed on.");
}

/** Proof of who is to act next, as it came. */
export interface ActorToken {
  readonly token: string;
  readonly type: string;
}

/**
 * Who is to act next: whom the present actor shows by `actor_token`, or the caller, if `may_act` names it. Nobody else can do
 * anything with somebody's token, and where there is a `may_act` it alone says who (RFC 8693 section 4.4).
 *
 * Refuses `invalid_request` for a token that is not the caller's to use (`subject_token_not_yours`), `actor_unauthorized` (`may_act_other`).
 */
export async function nextActor(core: Core, caller: Caller, claims: Delegated, actor: ActorToken | null, now: Date): Promise<ProvedActor> {
  const callerId = caller.kind === "agent" ? caller.agentId : caller.personId;
  const isPresent = callerId === claims.act.sub;
  const { may_act: mayAct } = claims;
  if (caller.kind === "agent" && !actor && mayAct?.sub === callerId) return caller;
  if (!isPresent) throw mayAct && !actor ? otherActor() : notYours();
  if (!actor) throw refuse("actor_token_missing", "Say who is to act next: send actor_token and actor_token_type.");
  if (claims.cnf)
    throw refuse(
      "subject_token_bound",
      "This token is bound to a key. Have it made anew with requested_actor, for the next agent to show.",
    );
  const next = await proveActor(core, actor.token, actor.type, now);
  if (mayAct && mayAct.sub !== next.agentId) throw otherActor();
  return next;
}

function notYours(): Refusal {
  return new Refusal("invalid_request", "This token was made for another agent, and does not say that you may act by it.", {
    reason: "subject_token_not_yours",
    next: "Ask whoever gave it to you to have one made with requested_actor set to your client id.",
  });
}

function otherActor(): Refusal {
  return new Refusal("actor_unauthorized", "This token says who alone may act next by it (may_act), and that is another agent.", {
    reason: "may_act_other",
    next: "Have one made with requested_actor set to the agent that is to act.",
  });
}

function refuse(reason: string, message: string): Refusal {
  return new Refusal("invalid_request", message, { reason });
}
