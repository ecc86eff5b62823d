import { readHand } from "../agents/hand";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { type Recall, readNow } from "../recall";
import type { AccessClaims } from "../tokens/signer";
import type { Caller } from "./caller";

/**
 * Holds an agent to the owner's word that every token of it is bound to a key of its own. Asked by each verb that gives a token,
 * once the caller is in the row.
 *
 * Refuses `invalid_dpop_proof` when it is so and no key was proved.
 */
export async function requireBinding(
  core: Core,
  caller: Caller,
  jkt: string | undefined,
  recall: Recall = readNow(core.db),
): Promise<void> {
  if (jkt !== undefined || caller.kind === "person") return;
  const agent = await readHand(recall, caller.agentId);
  if (agent?.dpop === "optional") return;
  throw new Refusal("invalid_dpop_proof", "The tokens of this agent are bound to a key of its own, and no key was proved.", {
    reason: "binding_required",
    next: "Send a DPoP proof (RFC 9449) with the request.",
  });
}

/** The claim that binds a token to a key (RFC 9449 section 6). */
export function boundTo(jkt: string | undefined): Pick<AccessClaims, "cnf"> {
  return jkt === undefined ? {} : { cnf: { jkt } };
}
