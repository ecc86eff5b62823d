import { change } from "../activity/change";
import { changed } from "../activity/changed";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { requireRole } from "../people/rules";
import { secretsBanned } from "./secretsBanned";

export interface StrandedAgent {
  readonly id: string;
  readonly name: string;
  readonly ownerName: string;
}

export interface SecretsPolicy {
  readonly secretsBanned: boolean;
  /** Agents that only a secret proves: with the ban nothing does. */
  readonly provedBySecretsAlone: readonly StrandedAgent[];
}

const ALONE = `
  SELECT a.id, a.name, p.name AS "ownerName" FROM agents a JOIN people p ON p.id = a.owner_id
  WHERE EXISTS (SELECT 1 FROM agent_credentials c WHERE c.agent_id = a.id AND c.kind = 'secret'
      AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $1))
    AND NOT EXISTS (SELECT 1 FROM agent_credentials c LEFT JOIN trusted_issuers t ON t.id = c.issuer_id
      WHERE c.agent_id = a.id AND c.kind <> 'secret' AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $1)
      AND (c.kind = 'key' OR (t.id IS NOT NULL AND t.disabled_at IS NULL)))
  ORDER BY lower(a.name), a.id`;

/** Whether secrets are banned, and whom a ban leaves without a credential that works. Admins and auditors. */
export async function readSecretsPolicy(ctx: PersonCtx): Promise<SecretsPolicy> {
  requireRole(ctx.actor, "admin", "auditor");
  const alone = await preparedRead<StrandedAgent>(ctx.db, "proved_by_secrets_alone", ALONE, [ctx.clock.now()]);
  return { secretsBanned: await secretsBanned(ctx.db), provedBySecretsAlone: alone };
}

/**
 * Bans secrets: no new one is made, and every one that is there is refused from the next proof on. Lifting the ban lets them work
 * again. Admins only.
 */
export async function setSecretsBanned(ctx: PersonCtx, input: { readonly secretsBanned: boolean }): Promise<void> {
  requireRole(ctx.actor, "admin");
  await change(ctx, input.secretsBanned ? "policy.ban_secrets" : "policy.allow_secrets", async (tx, row) => {
    row.target = "Secrets of agents";
    const [before] = await tx.$queryRaw<{ banned: boolean }[]>`SELECT secrets_banned AS banned FROM instance WHERE id = 1 FOR UPDATE`;
    const words = (banned: boolean) => (banned ? "banned" : "allowed");
    row.detail = changed(["Secrets", words(before?.banned === true), words(input.secretsBanned)]);
    await tx.instance.update({ where: { id: 1 }, data: { secretsBanned: input.secretsBanned } });
  });
}
