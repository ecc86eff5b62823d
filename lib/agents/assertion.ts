import type { Core } from "../ctx";
import { isId } from "../ids";
import { readAssertion } from "../tokens/assertion";
import type { ProvedAgent } from "./authenticate";
import { notProved } from "./notProved";
import { proveByKey } from "./proveByKey";
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
export async function authenticateByAssertion(core: Core, proof: AssertionProof): Promise<ProvedAgent> {
  const said = readAssertion(proof.assertion);
  if (!said) throw notProved("assertion", "assertion_unreadable");
  const { issuer, subject } = said;
  if (proof.type === "jwt-bearer" && issuer === subject && isId("agt", issuer)) {
    return proveByKey(core, { agentId: issuer, assertion: proof.assertion, clientId: proof.clientId });
  }
  return proveWorkload(core, proof);
}
