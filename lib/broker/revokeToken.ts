import { change } from "../activity/change";
import { endLentTokens } from "../connections/lentTokens";
import { asActor, type Core, type Ctx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { findTerminalOf } from "../people/liveRefreshToken";
import { actorOf } from "../people/person";
import { endFamily } from "../people/terminals";
import { type DatedClaims, verifyAnywhere } from "../tokens/anywhere";
import { hashSecret, secretKind } from "../tokens/secret";
import type { Caller } from "./caller";

/** Who ends a token: somebody who proved who they are, or a client that people run themselves, which has nothing to prove. */
export type Revoker = Caller | { readonly kind: "client"; readonly clientId: string };

export interface RevokeInput {
  readonly token: string;
  readonly requestId?: string | undefined;
}

/**
 * Ends a token before its time. An access token of ours opens nothing from the next request on, what was handed on from it neither, and
 * what the SaaS made for its grant is ended there; a refresh token ends its whole family; a token of a SaaS's own that was handed out is
 * ended at the SaaS. Who ended it has a row.
 *
 * A token that is unknown, over, or somebody else's changes nothing and is no error: nobody learns here which it is. Refuses
 * `unsupported_token_type` for a kind that is ended elsewhere, or that its SaaS cannot end, and `upstream_failed` when the SaaS did not
 * answer: it may still work there. RFC 7009 section 2.
 */
export async function revokeToken(core: Core, revoker: Revoker, input: RevokeInput): Promise<void> {
  const kind = secretKind(input.token);
  if (kind === "rt") return revokeFamily(core, revoker, input);
  if (kind) {
    throw new Refusal("unsupported_token_type", "API tokens, agents' secrets and invitations are ended on their pages in Valet.", {
      reason: `token_${kind}`,
    });
  }
  const claims = await readClaims(core, input.token);
  return claims ? revokeAccess(core, revoker, claims, input.requestId) : revokeLent(core, revoker, input);
}

async function readClaims(core: Core, token: string): Promise<DatedClaims | null> {
  try {
    return await verifyAnywhere(core.signer, token, core.clock.now());
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** Whose hand a token was given into: its client, or the person it acts for. */
function isTheirs(revoker: Revoker, { client_id, sub }: Pick<DatedClaims, "client_id" | "sub">): boolean {
  switch (revoker.kind) {
    case "agent":
      return client_id === revoker.agentId;
    case "person":
      return sub === revoker.personId;
    case "client":
      return client_id === revoker.clientId;
  }
}

async function revokeAccess(core: Core, revoker: Revoker, claims: DatedClaims, requestId: string | undefined): Promise<void> {
  if (!isTheirs(revoker, claims)) return;
  const { jti, sub, client_id, grant_id, connection_id, delegation_id } = claims;
  const ctx = await actingAs(core, revoker, sub, requestId);
  await change(ctx, "token.revoke", async (tx, row) => {
    const at = core.clock.now();
    Object.assign(row, { target: "Access token", ownerId: ownerOf(claims), grantId: grant_id, connectionId: connection_id });
    if (client_id.startsWith("agt_")) row.agentId = client_id;
    row.detail = { jti };
    const ended = { jti, endedAt: at, expiresAt: new Date(claims.exp * 1000) };
    await tx.endedToken.createMany({ data: [ended], skipDuplicates: true });
    const handedOn = { OR: [{ parentJti: jti }, ...(delegation_id ? [{ id: delegation_id }] : [])], revokedAt: null };
    await tx.delegation.updateMany({ where: handedOn, data: { revokedAt: at } });
  });
  if (grant_id) await endLentTokens(core, [grant_id], { handedAt: null });
}

/** The person it acts for; nobody's for a token that an agent has for itself. */
function ownerOf({ sub }: DatedClaims): string | undefined {
  return sub.startsWith("per_") ? sub : undefined;
}

async function revokeFamily(core: Core, revoker: Revoker, { token, requestId }: RevokeInput): Promise<void> {
  const found = await findTerminalOf(core, token);
  if (!found || !isTheirs(revoker, { client_id: found.clientId, sub: found.personId })) return;
  const ctx = await actingAs(core, revoker, found.personId, requestId);
  await endFamily(ctx, found, "revoked").catch((error: unknown) => {
    if (!isRefusal(error)) throw error; // it had ended before
  });
}

async function revokeLent(core: Core, revoker: Revoker, { token, requestId }: RevokeInput): Promise<void> {
  const where = { accessHash: hashSecret(token), endedAt: null, expiresAt: { gt: core.clock.now() } };
  const found = await core.db.lentToken.findFirst({ where, include: { grant: true } });
  if (!found || !isTheirs(revoker, { client_id: found.grant.agentId, sub: found.grant.personId })) return;
  const { personId, agentId, connectionId, connector } = found.grant;
  await change(await actingAs(core, revoker, personId, requestId), "token.revoke", async (_tx, row) => {
    Object.assign(row, { target: "A lent token", ownerId: personId, agentId, grantId: found.grantId, connectionId, connector });
    row.detail = { lentTokenId: found.id };
  });
  const [ended] = await endLentTokens(core, [found.grantId], { id: found.id });
  if (ended?.state === "failed") throw new Refusal("upstream_failed", ended.sentence, { reason: "not_ended_there" });
  if (ended?.state === "alive") throw new Refusal("unsupported_token_type", ended.sentence, { reason: "not_ended_there" });
}

/** A people's client acts as the person whose token it shows. */
async function actingAs(core: Core, revoker: Revoker, personId: string, requestId: string | undefined): Promise<Ctx> {
  if (revoker.kind !== "client") return asActor(core, revoker, requestId);
  const person = await core.db.person.findUniqueOrThrow({ where: { id: personId } });
  return asActor(core, actorOf(person, "token"), requestId);
}
