import { AGENT_IN_STANDING } from "../activity/stands";
import type { Core } from "../ctx";
import { preparedRead } from "../db";
import { isRefusal } from "../errors";
import { liveRefreshToken } from "../people/liveRefreshToken";
import { type DatedClaims, verifyAnywhere } from "../tokens/anywhere";
import { secretKind } from "../tokens/secret";
import type { ActClaim } from "../tokens/signer";
import type { Caller } from "./caller";
import { readLiveToken } from "./liveToken";

/** Members of RFC 7662 section 2.2, and ours. */
export type Introspected = { readonly active: false } | ({ readonly active: true } & Readonly<Record<string, unknown>>);

const INACTIVE = { active: false } as const;

/**
 * What a token of ours opens right now, for whose business it is: the agent that holds it or stands in its chain, the agent that serves
 * the place it is for, and the person it acts for. Everything else is `active: false` and not a word more: a token that is unknown, ended or
 * somebody else's, and one that rests on what has ended. RFC 7662 section 2.2.
 */
export async function introspect(core: Core, caller: Caller, token: string): Promise<Introspected> {
  if (secretKind(token) === "rt") return introspectRefresh(core, caller, token);
  const claims = await readClaims(core, token);
  if (!claims || !(await isBusinessOf(core, caller, claims))) return INACTIVE;
  const live = await readLiveToken(core, claims);
  if (!live) return INACTIVE;
  const { iss, sub, aud, client_id, exp, iat, jti, act, may_act, cnf, grant_id, run_id } = claims;
  const said = { iss, sub, aud, client_id, exp, iat, jti, act, may_act, cnf, grant_id, run_id };
  return {
    active: true,
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    scope: live.scopes.join(" "),
    token_type: cnf ? "DPoP" : "Bearer",
    ...(live.personName ? { username: live.personName } : {}),
  };
}

async function introspectRefresh(core: Core, caller: Caller, token: string): Promise<Introspected> {
  const found = caller.kind === "person" ? await liveRefreshToken(core, token) : null;
  if (!found || caller.kind !== "person" || found.personId !== caller.personId) return INACTIVE;
  const { personId, personName, clientId, scopes, createdAt, expiresAt } = found;
  return {
    active: true,
    iss: core.settings.publicUrl,
    sub: personId,
    client_id: clientId,
    scope: scopes.join(" "),
    iat: seconds(createdAt),
    exp: seconds(expiresAt),
    username: personName,
  };
}

async function readClaims(core: Core, token: string): Promise<DatedClaims | null> {
  try {
    return await verifyAnywhere(core.signer, token, core.clock.now());
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

const SERVES = `select a.id from agents a where a.id = $1 and ${AGENT_IN_STANDING}
  and ($3 or exists (select 1 from platform_resources r where r.served_by_id = a.id and r.resource = $2))`;

/** An agent that is stopped has no business at all. */
async function isBusinessOf(core: Core, caller: Caller, claims: DatedClaims): Promise<boolean> {
  if (caller.kind === "person") return claims.sub === caller.personId;
  const holds = claims.client_id === caller.agentId || actsIn(claims.act, caller.agentId);
  return (await preparedRead(core.db, "introspects", SERVES, [caller.agentId, claims.aud, holds])).length === 1;
}

function actsIn(act: ActClaim | undefined, agentId: string): boolean {
  return act !== undefined && (act.sub === agentId || actsIn(act.act, agentId));
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
