import type { Core } from "../ctx";
import type { Tx } from "../db";
import { newId } from "../ids";
import { hashSecret, newSecret } from "../tokens/secret";
import type { TerminalScope } from "./clients";

const ACCESS_SECONDS = 15 * 60;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** A terminal that is not used for so long is signed out. */
export const IDLE_DAYS = 30;
/** However much it is used. */
export const FAMILY_DAYS = 90;

/** What a terminal is given: an access token to the REST API, and what it gets the next one for, once. */
export interface TerminalTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** `vlt_rt_...`; only its hash is kept. */
  readonly refreshToken: string;
  readonly scope: TerminalScope;
}

/** One sign-in at a terminal: all the refresh tokens that came one out of another. */
export interface Family {
  /** The id of its first refresh token. */
  readonly familyId: string | null;
  readonly personId: string;
  readonly clientId: string;
  /** What the person allowed. The access token may carry less. */
  readonly held: TerminalScope;
  readonly endsAt: Date;
}

/** The REST API's own name as a place: what a terminal's access token is for, and works nowhere else. */
export function restAudience(core: Pick<Core, "settings">): string {
  return `${core.settings.publicUrl}/api/v1`;
}

/** The end of a family that begins now. */
export function familyEnd(now: Date): Date {
  return new Date(now.getTime() + FAMILY_DAYS * DAY_MILLISECONDS);
}

/**
 * The next pair of a family, or the first. Its access token (RFC 9068) lives fifteen minutes and no longer than the family; `jti` is the id
 * of the refresh token beside it, `sid` the family.
 */
export async function issueTokens(core: Core, tx: Tx, family: Family, scope: TerminalScope): Promise<TerminalTokens> {
  const now = core.clock.now();
  const [id, refreshToken] = [newId("rft", now), newSecret("rt")];
  const { personId, clientId, endsAt, held } = family;
  const familyId = family.familyId ?? id;
  const idleEnd = now.getTime() + IDLE_DAYS * DAY_MILLISECONDS;
  await tx.refreshToken.create({
    data: {
      id,
      familyId,
      personId,
      clientId,
      scopes: [held],
      hash: hashSecret(refreshToken),
      createdAt: now,
      expiresAt: new Date(Math.min(idleEnd, endsAt.getTime())),
      familyEndsAt: endsAt,
    },
  });
  const expiresAt = new Date(Math.min(now.getTime() + ACCESS_SECONDS * 1000, endsAt.getTime()));
  const claims = { sub: personId, aud: restAudience(core), client_id: clientId, jti: id, scope, sid: familyId };
  const accessToken = await core.signer.sign(claims, now, expiresAt);
  return { accessToken, expiresInSeconds: Math.floor((expiresAt.getTime() - now.getTime()) / 1000), refreshToken, scope };
}
