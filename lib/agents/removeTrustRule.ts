import { change } from "../activity/change";
import { changed } from "../activity/changed";
import type { Ctx } from "../ctx";
import { notFound, Refusal } from "../errors";
import { requireRole } from "../people/rules";
import type { Condition } from "../trust/rules";
import { conditionsInWords } from "./conditionWords";
import { holdAgent } from "./hold";

/**
 * Takes a rule away: with the next proof, what it named proves the agent no more. Admins only.
 *
 * Refuses `conflict` for an agent's last working credential: it is paused instead, which also ends the tokens it holds.
 */
export async function removeTrustRule(ctx: Ctx, input: { readonly agentId: string; readonly credentialId: string }): Promise<void> {
  await change(ctx, "agent.remove_trust_rule", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, input.agentId);
    requireRole(ctx.actor, "admin");
    const now = ctx.clock.now();
    const working = await tx.agentCredential.findMany({
      where: { agentId: agent.id, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      select: { id: true, kind: true, name: true, conditions: true },
    });
    const rule = working.find(({ id, kind }) => id === input.credentialId && kind === "workload");
    if (!rule) throw notFound("rule");
    if (working.length === 1) {
      throw new Refusal("conflict", `${agent.name} has no other way to prove itself. Pause it, or give it another credential first.`, {
        reason: "credential_last",
      });
    }
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId });
    const before = conditionsInWords((rule.conditions ?? []) as unknown as Condition[]);
    row.detail = { credential_id: rule.id, name: rule.name, ...changed([`Rule "${rule.name}"`, before, null]) };
    await tx.agentCredential.update({ where: { id: rule.id }, data: { revokedAt: now } });
  });
}
