import { authenticateByAssertion } from "../agents/assertion";
import { issuerOf, subjectProof } from "../agents/workload";
import type { Core } from "../ctx";
import { preparedRecord } from "../db";
import { isRefusal, Refusal } from "../errors";
import { isId } from "../ids";
import { ACCESS_TOKEN_TYPE, JWT_TOKEN_TYPE } from "./tokenTypes";
import { verifyOurs } from "./verifyOurs";

/** An agent that was proved to be there, and not that it asks. */
export interface ProvedActor {
  readonly agentId: string;
  readonly name: string;
  readonly ownerId: string;
}

type Prover = (core: Core, token: string, now: Date) => Promise<ProvedActor>;

/** What may prove who is to act next, by `actor_token_type` (RFC 8693 section 2.1). A refresh token is no proof of anybody. */
const PROVERS: Readonly<Record<string, Prover>> = {
  [ACCESS_TOKEN_TYPE]: proveByOwnToken,
  [JWT_TOKEN_TYPE]: proveByJwt,
};

/**
 * Proves who is to act next by a token of theirs, which they gave to whoever acts now.
 *
 * Refuses `invalid_request` (RFC 8693 section 2.2.2) for a kind that proves nobody (`actor_token_type_unknown`), a token that is not
 * good (`actor_token_unknown`, `actor_token_expired`), one of somebody who acts for somebody else (`actor_token_delegated`), for another
 * place (`actor_token_elsewhere`), or bound to a key that only its owner has (`actor_token_bound`).
 */
export async function proveActor(core: Core, actorToken: string, actorTokenType: string, now: Date): Promise<ProvedActor> {
  const prove = Object.hasOwn(PROVERS, actorTokenType) ? PROVERS[actorTokenType] : undefined;
  if (!prove) throw refuse("type_unknown", `actor_token_type must be ${Object.keys(PROVERS).join(" or ")}.`);
  return prove(core, actorToken, now);
}

/** By its form: an access token of ours, or an assertion by which the agent would also prove itself when it asks (RFC 7523). */
async function proveByJwt(core: Core, token: string, now: Date): Promise<ProvedActor> {
  if (issuerOf(token) === core.settings.publicUrl) return proveByOwnToken(core, token, now);
  const { agentId, name, ownerId } = await authenticateByAssertion(core, subjectProof(token, null)).catch((error: unknown) => {
    throw isRefusal(error) && error.code === "invalid_client" ? refuse("unknown", "actor_token proves no agent here.") : error;
  });
  return { agentId, name, ownerId };
}

/** An access token that an agent has for itself, made for this issuer: it acts for nobody. */
async function proveByOwnToken(core: Core, token: string, now: Date): Promise<ProvedActor> {
  const claims = await verifyOurs(core, token, now, "actor_token");
  if (claims.act)
    throw refuse("delegated", "actor_token is one by which an agent acts for somebody else. Send one that it has for itself.");
  if (claims.aud !== core.settings.publicUrl)
    throw refuse("elsewhere", `actor_token is for another place. Send one whose audience is ${core.settings.publicUrl}.`);
  if (claims.cnf) throw refuse("bound", "actor_token is bound to a key that only its agent has. Let that agent ask for itself.");
  const agent = isId("agt", claims.sub) && claims.client_id === claims.sub ? await preparedRecord(core.db, "agents", claims.sub) : null;
  if (!agent) throw refuse("unknown", "actor_token is not one of an agent that is here.");
  return { agentId: agent.id, name: agent.name, ownerId: agent.ownerId };
}

function refuse(what: string, message: string): Refusal {
  return new Refusal("invalid_request", message, { reason: `actor_token_${what}` });
}
