import { authenticateAgent } from "../agents/authenticate";
import { readAgentAccess } from "../broker/agentAccess";
import { verifyOurs } from "../broker/verifyOurs";
import type { Core } from "../ctx";
import { preparedRead, preparedRecord } from "../db";
import { isRefusal, Refusal } from "../errors";
import type { GrantView } from "../grants/list";
import type { OwnAccessView } from "../platform/ownAccess";
import { hashSecret, secretKind } from "../tokens/secret";
import { readAuthorization } from "./form";
import { toSnake } from "./names";

/**
 * `GET /api/v1/agent/access`: what may I do, until when, for whom, where. The agent proves itself by Basic, by its secret as bearer, or by a
 * token of its own for this Valet.
 */
export async function agentAccess(core: Core, request: Request): Promise<Response> {
  const agent = await proveAgent(core, request.headers.get("authorization") ?? "");
  const { grants, ownAccess } = await readAgentAccess(core, agent.agentId);
  const answer = {
    agent: { id: agent.agentId, name: agent.name, status: agent.status },
    tokenEndpoint: `${core.settings.publicUrl}/oauth/token`,
    access: grants.map(describeGrant),
    ownAccess: ownAccess.map(describeOwn),
  };
  return Response.json(toSnake(answer), { headers: { "cache-control": "no-store" } });
}

/** Where the agent gets tokens of its own. */
export function describeOwn({ resource, resourceName: name, scopes, expiresAt }: OwnAccessView) {
  return { resource, name, scopes, expiresAt };
}

/** A grant as an agent is told it. */
export function describeGrant(grant: GrantView) {
  const { id, connector, accountName, access, scopes, delivery, narrowedBy, bounds, rules, expiresAt, state, stateSentence } = grant;
  return {
    grantId: id,
    connector,
    account: accountName,
    pattern: grant.pattern,
    onBehalfOf: grant.pattern === "own" ? null : { id: grant.personId, name: grant.personName },
    access,
    scopes,
    permissions: grant.permissions.map(({ name, label, access: level }) => ({ name, label, access: level })),
    bounds,
    rules,
    delivery,
    narrowedBy,
    apiBase: grant.apiBase,
    expiresAt,
    ...(grant.warning ? { warning: grant.warning } : {}),
    state,
    ...(stateSentence ? { why: stateSentence } : {}),
  };
}

async function proveAgent(core: Core, authorization: string) {
  const credentials = readAuthorization(authorization, null);
  if (credentials.kind === "client_secret") return authenticateAgent(core, credentials);
  if (credentials.kind === "bearer" && secretKind(credentials.token) === "agt") {
    return authenticateAgent(core, { clientId: await clientIdOf(core, credentials.token), clientSecret: credentials.token });
  }
  if (credentials.kind === "bearer") return agentOfOwnToken(core, credentials.token);
  throw new Refusal("invalid_client", HOW);
}

const HOW =
  "Prove yourself with HTTP Basic (client_id and client_secret), or with a bearer token: the secret, or a token of your own for this Valet.";

/** For agents without a secret: a token that they have for themselves, with this Valet as its resource (RFC 6749 section 4.4). */
async function agentOfOwnToken(core: Core, token: string) {
  const claims = await verifyOurs(core, token, core.clock.now(), "actor_token").catch((error: unknown) => {
    throw isRefusal(error) ? new Refusal("invalid_client", HOW, { reason: "token_unknown" }) : error;
  });
  const isItself = claims.aud === core.settings.publicUrl && !claims.act && !claims.cnf && claims.sub === claims.client_id;
  const agent = isItself ? await preparedRecord(core.db, "agents", claims.sub) : null;
  if (!agent) throw new Refusal("invalid_client", HOW, { reason: "token_unknown" });
  return { agentId: agent.id, name: agent.name, status: agent.status };
}

async function clientIdOf(core: Core, secret: string): Promise<string> {
  const text = "select agent_id as id from agent_credentials where hash = $1";
  const [row] = await preparedRead<{ id: string }>(core.db, "agent_of_secret", text, [hashSecret(secret)]);
  return row?.id ?? "";
}
