import type { Core } from "../ctx";
import { type KeptCause, Refusal } from "../errors";

const CHECK = {
  secret: "Check client_id and client_secret.",
  assertion: "Check its assertion: who signed it, for whom, and until when. Each is taken once.",
};
type Way = keyof typeof CHECK;

/** The answer to a proof that was not believed: word for word the same for every cause, which goes to the log and the ledger alone. */
export function notProved(way: Way, cause?: string, kept?: KeptCause): Refusal {
  const detail = kept?.reason ?? cause;
  return new Refusal("invalid_client", `The agent could not be proved. ${CHECK[way]}`, {
    ...(detail ? { detail } : {}),
    ...(kept ? { kept } : {}),
  });
}

/**
 * Counts one failed proof against this client id, and refuses.
 *
 * @param cause for the log; `kept` instead where it is known whose credential it is, for the ledger too.
 */
export async function refuseProof(core: Core, way: Way, clientId: string, cause?: string | KeptCause): Promise<never> {
  await core.limits.take("agent_proof", clientId);
  throw typeof cause === "object" ? notProved(way, undefined, cause) : notProved(way, cause);
}
