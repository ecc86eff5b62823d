import { OWNER_STATUS } from "../activity/stands";
import type { Core } from "../ctx";
import { preparedRead } from "../db";
import { isId } from "../ids";
import type { PersonStatus } from "../people/person";
import { ForeignRefused, peekForeign } from "../tokens/foreignJwt";
import { meetsConditions, platformRunOf } from "../trust/meets";
import { readConditions } from "../trust/rules";
import { verifyWorkload, type Workload, type WorkloadProofType } from "../trust/verify";
import type { ProvedAgent } from "./authenticate";
import { noteCredentialUse } from "./lastUsed";
import { notProved } from "./notProved";

/** A workload's own token, as the credential of an agent. */
export interface WorkloadProof {
  readonly type: WorkloadProofType;
  readonly assertion: string;
  /** Who it says it is, if it says so: then it must be that agent. */
  readonly clientId: string | null;
}

interface Rule {
  readonly credentialId: string;
  readonly lastUsedAt: Date | null;
  readonly conditions: unknown;
  readonly agentId: string;
  readonly name: string;
  readonly ownerId: string;
  readonly status: "active" | "paused";
  readonly ownerStatus: PersonStatus;
}

const RULES = `
  SELECT c.id AS "credentialId", c.last_used_at AS "lastUsedAt", c.conditions, a.id AS "agentId", a.name, a.owner_id AS "ownerId", a.status,
    ${OWNER_STATUS} AS "ownerStatus"
  FROM agent_credentials c JOIN agents a ON a.id = c.agent_id JOIN people o ON o.id = a.owner_id
    JOIN trusted_issuers t ON t.id = c.issuer_id AND t.disabled_at IS NULL
  WHERE c.issuer_id = $1 AND c.kind = 'workload' AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $2)
  ORDER BY c.id`;

/** Failures of everybody who names no agent are counted together: which issuers there are cannot be told from who is throttled. */
const NAMELESS = "workload";

/**
 * Proves an agent by its workload's own token: signed by an issuer that an admin trusts, for us alone, and meeting a rule of exactly
 * one agent. Takes `core`: nobody is known yet.
 *
 * Refuses with `invalid_client`, the same for every cause, and with `too_many_requests` after thirty failures in a minute for one
 * client id, or without one; the log has the cause. A right token always passes. RFC 7521 section 4.2, RFC 7523 section 2.2, for
 * `jwt-spiffe` draft-ietf-oauth-spiffe-client-auth. Tokens are not single-use: their platforms cache them.
 */
export async function proveWorkload(core: Core, proof: WorkloadProof): Promise<ProvedAgent> {
  const workload = await verify(core, proof);
  const rules = await preparedRead<Rule>(core.db, "workload_rules", RULES, [workload.issuer.id, core.clock.now()]);
  const matching = rules.filter(({ conditions }) => meets(workload, conditions));
  const [rule] = matching;
  if (!rule) return refuse(core, proof, "no_rule", workload);
  if (matching.some(({ agentId }) => agentId !== rule.agentId)) return refuse(core, proof, "several_agents", workload);
  if (proof.clientId !== null && proof.clientId !== rule.agentId) return refuse(core, proof, "other_agent", workload);
  await noteCredentialUse(core, rule);
  const { agentId, name, ownerId, credentialId, status, ownerStatus } = rule;
  const platformRunId = platformRunOf(workload.issuer.kind, workload.claims);
  return { kind: "agent", agentId, name, ownerId, credentialId, status, ownerStatus, ...(platformRunId ? { platformRunId } : {}) };
}

/**
 * The proof in a token that was sent as the subject of a token exchange, without client authentication (RFC 8693 section 2.1): what
 * Google's libraries do. A SPIFFE ID as its subject makes it a JWT-SVID.
 */
export function subjectProof(token: string, clientId: string | null): WorkloadProof {
  return { type: subjectOf(token)?.startsWith("spiffe://") ? "jwt-spiffe" : "jwt-bearer", assertion: token, clientId };
}

/** Whose token a text says it is, before anything of it is believed; null when it is no JWT. */
export function issuerOf(token: string): string | null {
  try {
    return peekForeign(token).issuer;
  } catch {
    return null;
  }
}

function subjectOf(token: string): string | null {
  try {
    return peekForeign(token).subject;
  } catch {
    return null;
  }
}

async function verify(core: Core, proof: WorkloadProof): Promise<Workload> {
  try {
    return await verifyWorkload(core, proof.type, proof.assertion);
  } catch (error) {
    if (error instanceof ForeignRefused) return refuse(core, proof, error.fault, null);
    throw error;
  }
}

function meets({ issuer, claims }: Workload, kept: unknown): boolean {
  const conditions = readConditions(kept);
  return conditions !== null && meetsConditions(issuer.kind, conditions, claims);
}

async function refuse(core: Core, { clientId }: WorkloadProof, cause: string, workload: Workload | null): Promise<never> {
  core.log.warn("workload.refused", { cause, ...(workload ? { issuerId: workload.issuer.id } : {}) });
  await core.limits.take("agent_proof", isId("agt", clientId) ? clientId : NAMELESS);
  throw notProved("assertion");
}
