import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { type CredentialState, credentialState, maySee } from "./rules";
import { secretsBanned } from "./secretsBanned";

export interface CredentialView {
  readonly id: string;
  readonly kind: "secret" | "key" | "workload";
  readonly name: string;
  /** Of a secret. */
  readonly lastFour: string | null;
  /** Of a key: RFC 7638. */
  readonly thumbprint: string | null;
  /** Of a workload: whose tokens prove it. */
  readonly issuerName: string | null;
  readonly state: CredentialState;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** Null: until it is revoked. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Old ones are kept for the ledger; a page needs the latest. */
const SHOWN_MAX = 100;

/** What proves an agent, and what did: those that are not revoked first, then by age. For its owner, admins and auditors. */
export async function listCredentials(ctx: PersonCtx, input: { readonly agentId: string }): Promise<CredentialView[]> {
  const agent = await ctx.db.agent.findUnique({
    where: { id: input.agentId },
    select: { ownerId: true, secondOwnerId: true, sponsorId: true },
  });
  if (!agent || !maySee(ctx.actor, agent)) throw notFound("agent");
  const about = { now: ctx.clock.now(), secretsBanned: await secretsBanned(ctx.db) };
  const found = await ctx.db.agentCredential.findMany({
    where: { agentId: input.agentId },
    include: { issuer: { select: { name: true, disabledAt: true } } },
    orderBy: [{ revokedAt: { sort: "desc", nulls: "first" } }, { id: "desc" }],
    take: SHOWN_MAX,
  });
  return found.map((one) => ({
    id: one.id,
    kind: one.kind as CredentialView["kind"],
    name: one.name,
    lastFour: one.lastFour,
    thumbprint: one.thumbprint,
    issuerName: one.issuer?.name ?? null,
    state: credentialState(one, about),
    createdAt: one.createdAt,
    lastUsedAt: one.lastUsedAt,
    expiresAt: one.expiresAt,
    revokedAt: one.revokedAt,
  }));
}
