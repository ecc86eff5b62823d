import { ownerOfRun } from "../activity/ownerOfRun";
import type { Use } from "../activity/use";
import type { Core } from "../ctx";
import type { AccessClaims } from "../tokens/signer";
import type { Caller } from "./caller";
import { firstActor } from "./chain";

/**
 * Puts into the row what a proved caller says of its run, and whether that is known to be so: an agent's own run is, which is one
 * that it named first, and one that its platform's token names. Answers the run that a token made now carries.
 */
export async function noteRun(core: Core, { row }: Use, caller: Caller): Promise<string | undefined> {
  if (caller.kind !== "agent") return row.runIdClaimed ?? undefined;
  const runId = caller.platformRunId ?? row.runIdClaimed;
  if (runId === null) return undefined;
  const isTheirs = (await ownerOfRun(core.db, runId, caller.agentId, row.at)) === caller.agentId;
  row.runIdClaimed ??= runId;
  row.runIdVerified = isTheirs || caller.platformRunId !== undefined ? runId : null;
  return runId;
}

/**
 * The same for a use by a token of ours. The run that is signed into it stands, whatever the caller says: it is verified when
 * the agent that had it signed, the first of the chain, owns it. A hop cannot change it.
 */
export async function noteTokenRun(core: Core, use: Use, caller: Caller, claims: AccessClaims): Promise<void> {
  const { row } = use;
  if (claims.run_id === undefined) {
    await noteRun(core, use, caller);
    return;
  }
  const first = claims.act ? firstActor(claims.act) : caller.kind === "agent" ? caller.agentId : null;
  const isTheirs = first !== null && (await ownerOfRun(core.db, claims.run_id, first, row.at)) === first;
  row.runIdVerified = isTheirs ? claims.run_id : null;
  row.runIdClaimed = isTheirs ? (row.runIdClaimed ?? claims.run_id) : claims.run_id;
}
