import { AGENT_IN_STANDING } from "../activity/stands";
import { withContained } from "../connectors/scopes";
import type { Core } from "../ctx";
import { preparedRead } from "../db";
import { judgeStanding } from "../grants/rules";
import { readStanding } from "../grants/standing";
import { terminalPerson } from "../people/terminalAccess";
import type { AccessClaims } from "../tokens/signer";
import { isAboutAgent, standingAuthority } from "./authority";
import { chainIsAlive } from "./chainAlive";
import { isTokenEnded } from "./endedToken";

/** What a token of ours opens at this moment. */
export interface LiveToken {
  readonly scopes: readonly string[];
  /** The person behind it; null for one that an agent has for itself. */
  readonly personName: string | null;
}

/**
 * Everything that a verified token rests on, read now and judged as its use would judge it. Null when it opens nothing: it was ended,
 * or something below it was.
 */
export async function readLiveToken(core: Core, claims: AccessClaims): Promise<LiveToken | null> {
  if (await isTokenEnded(core, claims.jti)) return null;
  if (claims.grant_id) return ofGrant(core, claims, claims.grant_id);
  if (claims.sid) return ofTerminal(core, claims);
  if (claims.connection_id) return ofConnection(core, claims, claims.connection_id);
  return ofAgentItself(core, claims);
}

async function ofGrant(core: Core, claims: AccessClaims, grantId: string): Promise<LiveToken | null> {
  const [standing, chain] = await Promise.all([readStanding(core, grantId), chainIsAlive(core, claims)]);
  if (!standing || !chain) return null;
  // On its own authority the agent is the subject, and nobody stands behind it.
  const isOwn = standing.pattern === "own" && claims.act === undefined;
  if (claims.sub !== (isOwn ? standing.agentId : standing.personId)) return null;
  const reason = judgeStanding(standing, core.clock.now());
  if (reason && (claims.act || isOwn || !isAboutAgent(reason))) return null;
  if (claims.act && !claims.delegation_id && claims.client_id !== standing.agentId) return null;
  const { connector, scopes } = standingAuthority(core, standing);
  return within(claims, withContained(connector, scopes), isOwn ? null : standing.personName);
}

async function ofTerminal(core: Core, claims: AccessClaims): Promise<LiveToken | null> {
  const person = await terminalPerson(core, claims);
  return person && within(claims, claims.scope.split(" "), person.name);
}

const CONNECTION = `select p.name from connections c join people p on p.id = c.person_id
  where c.id = $1 and p.id = $2 and c.status = 'active' and p.status = 'active'`;

async function ofConnection(core: Core, claims: AccessClaims, connectionId: string): Promise<LiveToken | null> {
  const [found] = await preparedRead<{ name: string }>(core.db, "token_connection", CONNECTION, [connectionId, claims.sub]);
  return found && !claims.act ? within(claims, claims.scope.split(" "), found.name) : null;
}

const AGENT = `select coalesce((select array_agg(distinct one) from own_access x join platform_resources r on r.id = x.resource_id, unnest(x.scopes) one
    where x.agent_id = a.id and r.resource = $2 and x.revoked_at is null and (x.expires_at is null or x.expires_at > $3)), '{}') as scopes,
  exists (select 1 from own_access x join platform_resources r on r.id = x.resource_id
    where x.agent_id = a.id and r.resource = $2 and x.revoked_at is null and (x.expires_at is null or x.expires_at > $3)) as given
  from agents a where a.id = $1 and ${AGENT_IN_STANDING}`;

/** RFC 9068 section 2.2: subject and client are the same agent. For this Valet itself nothing has to be given. */
async function ofAgentItself(core: Core, claims: AccessClaims): Promise<LiveToken | null> {
  if (claims.sub !== claims.client_id || claims.act) return null;
  const values = [claims.sub, claims.aud, core.clock.now()];
  const [found] = await preparedRead<{ scopes: string[]; given: boolean }>(core.db, "token_agent", AGENT, values);
  if (!found || (!found.given && claims.aud !== core.settings.publicUrl)) return null;
  return within(claims, found.scopes, null);
}

/** What the token carries, of what is still there. A token that carried something and has nothing left is dead. */
function within({ scope }: AccessClaims, there: readonly string[], personName: string | null): LiveToken | null {
  const carried = scope.split(" ").filter(Boolean);
  const scopes = carried.filter((one) => there.includes(one));
  return scopes.length === 0 && carried.length > 0 ? null : { scopes, personName };
}
