import type { Core } from "../ctx";
import { preparedRead } from "../db";
import { hashSecret } from "../tokens/secret";

export interface LiveRefreshToken {
  readonly personId: string;
  readonly personName: string;
  readonly familyId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const FIND = `select r.person_id as "personId", p.name as "personName", r.family_id as "familyId", r.client_id as "clientId", r.scopes,
  r.created_at as "createdAt", r.expires_at as "expiresAt"
  from refresh_tokens r join people p on p.id = r.person_id
  where r.hash = $1 and r.used_at is null and r.revoked_at is null and r.expires_at > $2 and p.status = 'active'`;

/** A refresh token that would still be taken, by itself; null otherwise. */
export async function liveRefreshToken(core: Core, token: string): Promise<LiveRefreshToken | null> {
  const [found] = await preparedRead<LiveRefreshToken>(core.db, "live_refresh_token", FIND, [hashSecret(token), core.clock.now()]);
  return found ?? null;
}

/** Which terminal a refresh token belongs to, spent ones included: any of them ends it. Null for none that ever was. */
export function findTerminalOf(core: Core, token: string): Promise<Pick<LiveRefreshToken, "familyId" | "personId" | "clientId"> | null> {
  const select = { familyId: true, personId: true, clientId: true } as const;
  return core.db.refreshToken.findUnique({ where: { hash: hashSecret(token) }, select });
}
