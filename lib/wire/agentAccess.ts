import { authenticateAgent } from "../agents/authenticate";
import { readAgentAccess } from "../broker/agentAccess";
import { holdToKey, type TokenUse } from "../broker/holdToKey";
import { verifyOurs } from "../broker/verifyOurs";
import type { Core } from "../ctx";
import { preparedRead, preparedRecord } from "../db";
import { isRefusal, Refusal } from "../errors";
import type { GrantView } from "../grants/list";
import type { Incoming } from "../net/message";
import type { OwnAccessView } from "../platform/ownAccess";
import { hashSecret, secretKind } from "../tokens/secret";
import { readAuthorization } from "./form";
import { toSnake } from "./names";

/**
 * `GET /api/v1/agent/access`: what may I do, until when, for whom, where. The agent proves itself by Basic, by its secret as bearer, or by a
 * token of its own for this Valet, which it holds to its key where the token is bound to one (RFC 9449 section 7).
 */
export async function agentAccess(core: Core, request: Incoming): Promise<Response> {
  const agent = await proveAgent(core, request);
  const { grants, ownAccess } = await readAgentAccess(core, agent.agentId);
  const answer = {
    agent: { id: agent.agentId, name: agent.name, status: agent.status },
    tokenEndpoint: `${core.settings.publicUrl}/oauth/token`,
    access: grants.map(describeGrant),
    ownAccess: ownAccess.map(describeOwn),
  };
  const headers = new Headers({ "cache-control": "no-store" });
  if (agent.nextNonce) headers.set("dpop-nonce", agent.nextNonce);
  return Response.json(toSnake(answer), { headers });
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

interface Proven {
  readonly agentId: string;
  readonly name: string;
  readonly status: string;
  /** For the agent's next proof. */
  readonly nextNonce?: string | null;
}

async function proveAgent(core: Core, { method, headers }: Incoming): Promise<Proven> {
  const authorization = headers.get("authorization") ?? "";
  const byKey = /^dpop +(\S.*)$/i.exec(authorization)?.[1];
  const credentials = readAuthorization(authorization, null);
  if (credentials.kind === "client_secret") return authenticateAgent(core, credentials);
  if (credentials.kind === "bearer" && secretKind(credentials.token) === "agt") {
    return authenticateAgent(core, { clientId: await clientIdOf(core, credentials.token), clientSecret: credentials.token });
  }
  const token = byKey ?? (credentials.kind === "bearer" ? credentials.token : null);
  if (!token) throw new Refusal("invalid_client", HOW);
  return agentOfOwnToken(core, { method, url: `${core.settings.publicUrl}/api/v1/agent/access`, headers, token });
}

const HOW =
  "Prove yourself with HTTP Basic (client_id and client_secret), or with a bearer token: the secret, or a token of your own for this Valet.";

/** For agents without a secret: a token that they have for themselves, with this Valet as its resource (RFC 6749 section 4.4). */
async function agentOfOwnToken(core: Core, use: TokenUse): Promise<Proven> {
  const claims = await verifyOurs(core, use.token, core.clock.now(), "actor_token").catch((error: unknown) => {
    throw isRefusal(error) ? new Refusal("invalid_client", HOW, { reason: "token_unknown" }) : error;
  });
  const isItself = claims.aud === core.settings.publicUrl && !claims.act && claims.sub === claims.client_id;
  const agent = isItself ? await preparedRecord(core.db, "agents", claims.sub) : null;
  if (!agent) throw new Refusal("invalid_client", HOW, { reason: "token_unknown" });
  const nextNonce = await holdToKey(core, use, claims.cnf, agent.dpop !== "optional");
  return { agentId: agent.id, name: agent.name, status: agent.status, nextNonce };
}

async function clientIdOf(core: Core, secret: string): Promise<string> {
  const text = "select agent_id as id from agent_credentials where hash = $1";
  const [row] = await preparedRead<{ id: string }>(core.db, "agent_of_secret", text, [hashSecret(secret)]);
  return row?.id ?? "";
}
