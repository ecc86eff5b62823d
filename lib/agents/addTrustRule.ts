import { z } from "zod";
import { change } from "../activity/change";
import { changed } from "../activity/changed";
import type { Ctx } from "../ctx";
import { notFound, Refusal } from "../errors";
import { newId } from "../ids";
import { readText, requireRole } from "../people/rules";
import { conditionsInput } from "../trust/conditionInput";
import { asIssuer } from "../trust/issuer";
import { type Condition, checkConditions, requireConditions } from "../trust/rules";
import { conditionsInWords } from "./conditionWords";
import { holdAgent } from "./hold";

export const addTrustRuleInput = z.strictObject({
  agentId: z.string().max(60),
  issuerId: z.string().max(60),
  /** The admin's word for it: "Deploy workflow". */
  name: z.string(),
  conditions: conditionsInput,
});

export type AddTrustRuleInput = Omit<z.input<typeof addTrustRuleInput>, "conditions"> & { readonly conditions: readonly Condition[] };

/** A rule that counts from now on, and what an admin should know of it. */
export interface AddedTrustRule {
  readonly credentialId: string;
  readonly warnings: readonly string[];
}

/**
 * Lets workloads of a trusted issuer prove an agent by their own tokens, without a secret: those whose tokens meet all conditions.
 * Admins only.
 *
 * Refuses `invalid_request` (`conditions_too_wide`) when others could meet them too, `conflict` when another agent has the same rule:
 * a token that proves two agents proves none.
 */
export async function addTrustRule(ctx: Ctx, input: AddTrustRuleInput): Promise<AddedTrustRule> {
  const { agentId, issuerId, ...given } = addTrustRuleInput.parse(input);
  const conditions = given.conditions.toSorted((a, b) => (a.claim < b.claim ? -1 : 1));
  const name = readText("name", given.name, 60);
  return change(ctx, "agent.add_trust_rule", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, agentId);
    requireRole(ctx.actor, "admin");
    const [held] = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM trusted_issuers WHERE id = ${issuerId} FOR UPDATE`;
    const record = held ? await tx.trustedIssuer.findUnique({ where: { id: held.id } }) : null;
    if (!record) throw notFound("issuer");
    const issuer = asIssuer(record);
    requireConditions(issuer.kind, issuer.issuer, conditions);
    const same = await tx.agentCredential.findFirst({
      where: { issuerId, kind: "workload", revokedAt: null, conditions: { equals: conditions } },
      select: { agentId: true },
    });
    if (same) throw alreadyThere(same.agentId === agent.id);
    const [id, createdAt] = [newId("crd", ctx.clock.now()), ctx.clock.now()];
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId });
    row.detail = {
      credential_id: id,
      name,
      issuer: issuer.issuer,
      conditions,
      ...changed([`Rule "${name}"`, null, conditionsInWords(conditions)]),
    };
    const createdById = ctx.actor.personId;
    await tx.agentCredential.create({
      data: { id, agentId: agent.id, kind: "workload", name, issuerId, conditions, createdById, createdAt },
    });
    return { credentialId: id, warnings: checkConditions(issuer.kind, issuer.issuer, conditions).warnings };
  });
}

function alreadyThere(own: boolean): Refusal {
  const whose = own ? "This agent has this rule already." : "Another agent has this rule: a token that proves two agents proves none.";
  return new Refusal("conflict", whose, { reason: "rule_taken" });
}
