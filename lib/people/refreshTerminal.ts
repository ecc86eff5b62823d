import { change } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import type { Person, RefreshToken } from "../generated/prisma/client";
import { hashSecret, secretKind } from "../tokens/secret";
import { readScope, requireClient, type TerminalScope } from "./clients";
import { actorOf } from "./person";
import { endFamily, holdActivePerson } from "./terminals";
import { issueTokens, type TerminalTokens } from "./terminalTokens";

export interface RefreshInput {
  readonly clientId: string;
  readonly refreshToken: string;
  /** Less than the person allowed, for this access token. Empty: all of it. */
  readonly scopes: readonly string[];
  readonly requestId?: string | undefined;
}

type Found = RefreshToken & { readonly person: Person };

/**
 * The next tokens of a terminal for its refresh token, which is spent by it. Takes `core`: the token is the proof.
 *
 * A second use ends the whole family, without grace: of two who hold the same token one is a thief, and nobody can tell which (RFC 9700
 * section 4.14.2). Refuses `invalid_code`, the same for every cause, and `invalid_scope`, which spends nothing.
 */
export async function refreshTerminal(core: Core, input: RefreshInput): Promise<TerminalTokens> {
  const client = requireClient(input.clientId);
  if (secretKind(input.refreshToken) !== "rt") throw deadToken();
  const where = { hash: hashSecret(input.refreshToken) };
  const found = await core.db.refreshToken.findUnique({ where, include: { person: true } });
  if (found?.clientId !== client.id) throw deadToken();
  if (found.usedAt) return endReused(core, found, input.requestId);
  const held = found.scopes[0] as TerminalScope;
  const scope = readScope(input.scopes, held);
  try {
    return await rotate(core, found, scope, client.name, input.requestId);
  } catch (error) {
    if (isRefusal(error) && error.reason === SPENT_MEANWHILE) return endReused(core, found, input.requestId);
    throw error;
  }
}

const SPENT_MEANWHILE = "refresh_token_spent_meanwhile";

/** The row itself says who was first. */
function rotate(
  core: Core,
  found: Found,
  scope: TerminalScope,
  clientName: string,
  requestId: string | undefined,
): Promise<TerminalTokens> {
  const { familyId, personId, clientId, familyEndsAt: endsAt } = found;
  return change(asActor(core, actorOf(found.person, "token"), requestId), "terminal.refresh", async (tx, row) => {
    Object.assign(row, { target: clientName, scopes: [scope], detail: { terminalId: familyId } });
    if (!(await holdActivePerson(tx, personId))) throw deadToken();
    const now = core.clock.now();
    const live = { id: found.id, revokedAt: null, expiresAt: { gt: now } };
    const { count } = await tx.refreshToken.updateMany({ where: { ...live, usedAt: null }, data: { usedAt: now } });
    if (count === 0) throw deadToken((await tx.refreshToken.count({ where: live })) > 0 ? SPENT_MEANWHILE : undefined);
    return issueTokens(core, tx, { familyId, personId, clientId, held: found.scopes[0] as TerminalScope, endsAt }, scope);
  });
}

async function endReused(core: Core, found: Found, requestId: string | undefined): Promise<never> {
  const system = asActor(core, { kind: "system", name: "Sign-in" } as const, requestId);
  await endFamily(system, found, "refresh_token_reused").catch((error: unknown) => {
    if (!isRefusal(error)) throw error; // it had ended before
  });
  throw deadToken();
}

function deadToken(reason = "refresh_token_dead"): Refusal {
  return new Refusal("invalid_code", "This refresh token is unknown, was used, or has ended. Sign in again.", { reason });
}
