import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { requireRole } from "../people/rules";
import { type Condition, checkConditions, type IssuerKind, readConditions } from "../trust/rules";
import { getAgent } from "./list";
import { maySee } from "./rules";

/** One way in which workloads prove an agent. */
export interface TrustRule {
  readonly credentialId: string;
  readonly name: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly issuerId: string;
  readonly issuerName: string;
  readonly issuerKind: IssuerKind;
  readonly issuerDisabled: boolean;
  readonly conditions: readonly Condition[];
  /** What makes it wider than it could be. */
  readonly warnings: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

type Found = Omit<TrustRule, "conditions" | "warnings"> & { readonly issuer: string; readonly kept: unknown };

const LIST = `
  SELECT c.id AS "credentialId", c.name, a.id AS "agentId", a.name AS "agentName", t.id AS "issuerId", t.name AS "issuerName", t.kind AS "issuerKind",
    t.issuer, t.disabled_at IS NOT NULL AS "issuerDisabled", c.conditions AS kept, c.created_at AS "createdAt", c.last_used_at AS "lastUsedAt"
  FROM agent_credentials c JOIN agents a ON a.id = c.agent_id JOIN trusted_issuers t ON t.id = c.issuer_id
  WHERE c.kind = 'workload' AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $1) AND ($2::text IS NULL OR a.id = $2)
  ORDER BY lower(a.name), c.id`;

/** The rules by which workloads prove agents: all of them for admins and auditors, one agent's for whoever may see all of it. */
export async function listTrustRules(ctx: PersonCtx, input: { readonly agentId?: string } = {}): Promise<TrustRule[]> {
  if (input.agentId === undefined) requireRole(ctx.actor, "admin", "auditor");
  else if (!maySee(ctx.actor, await getAgent(ctx, { agentId: input.agentId }))) return [];
  const found = await preparedRead<Found>(ctx.db, "trust_rules", LIST, [ctx.clock.now(), input.agentId ?? null]);
  return found.map(({ issuer, kept, ...rule }) => {
    const conditions = readConditions(kept) ?? [];
    return { ...rule, conditions, warnings: checkConditions(rule.issuerKind, issuer, conditions).warnings };
  });
}
