import type { Core } from "../ctx";
import { isId } from "../ids";
import type { Recall } from "../recall";
import { readAssertion, type UnverifiedAssertion } from "../tokens/assertion";
import type { ProvedAgent } from "./authenticate";
import { notProved } from "./notProved";
import { proveByKey, proveKeyAgain } from "./proveByKey";
import { proveWorkload } from "./workload";

export interface AssertionProof {
  /** The last part of `client_assertion_type`. */
  readonly type: "jwt-bearer" | "jwt-spiffe";
  readonly assertion: string;
  readonly clientId: string | null;
}

/**
 * Proves an agent by an assertion (RFC 7521 section 4.2): one that it signed with a key of its own says its id twice, as `iss` and
 * `sub` (RFC 7523 section 3); any other is its platform's. Takes `core`: nobody is known yet.
 *
 * Refuses with `invalid_client`, the same for every cause.
 */
export async function authenticateByAssertion(core: Core, proof: AssertionProof, recall?: Recall): Promise<ProvedAgent> {
  const said = readAssertion(proof.assertion);
  if (!said) throw notProved("assertion", "assertion_unreadable");
  const own = byOwnKey(proof, said);
  return own ? proveByKey(core, own, recall) : proveWorkload(core, proof);
}

/** Where it was believed by what was remembered: the same by what is there now. It is no further showing of it. */
export async function authenticateAgain(core: Core, proof: AssertionProof): Promise<void> {
  const said = readAssertion(proof.assertion);
  const own = said && byOwnKey(proof, said);
  if (own) await proveKeyAgain(core, own);
}

function byOwnKey({ type, assertion, clientId }: AssertionProof, { issuer, subject }: UnverifiedAssertion) {
  return type === "jwt-bearer" && issuer === subject && isId("agt", issuer) ? { agentId: issuer, assertion, clientId } : null;
}
