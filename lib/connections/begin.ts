import { z } from "zod";
import { change } from "../activity/change";
import type { Connector } from "../connectors/connector";
import type { PersonCtx } from "../ctx";
import { notFound, Refusal } from "../errors";
import { newId } from "../ids";
import { loadSaasClient, redirectUri, type SaasClient } from "../setups/client";
import { codeChallenge } from "../tokens/pkce";
import { hashSecret, randomText } from "../tokens/secret";
import { places } from "./places";

export const beginInput = z.strictObject({
  connector: z.string().min(1).max(40),
  /** The SaaS's own scope names. Left out: the connector's preset, which only reads. */
  scopes: z.array(z.string().max(200)).max(100).optional(),
  /** Set to reconnect: keeps the connection's id and its grants. */
  connectionId: z.string().optional(),
  /** What the browser keeps in a cookie: only the browser that began can finish. */
  browserSecret: z.string().min(32).max(200),
});

const ATTEMPT_MINUTES = 10;

/**
 * Opens one walk to a SaaS: `state` bound to this person, this browser and this connector, PKCE S256, one redirect URI
 * per connector (RFC 6749 section 4.1.1, RFC 7636, RFC 9700 section 4.7).
 *
 * @returns the address to send the browser to.
 */
export async function beginConnection(ctx: PersonCtx, input: z.input<typeof beginInput>): Promise<{ authorizeUrl: string }> {
  const { connector: connectorId, connectionId, browserSecret, scopes } = beginInput.parse(input);
  const client = await loadSaasClient(ctx, connectorId);
  const reconnect = connectionId ? await ownConnection(ctx, connectorId, connectionId) : null;
  const asked = askedScopes(client.connector, scopes, reconnect?.providerScopes);
  const state = randomText();
  const verifier = randomText();
  await change(ctx, "connection.begin", async (tx, row) => {
    const createdAt = ctx.clock.now();
    const id = newId("att", createdAt);
    row.target = reconnect ? `${client.connector.name}: ${reconnect.accountName}` : client.connector.name;
    row.connector = connectorId;
    row.connectionId = connectionId;
    row.scopes = asked;
    await tx.connectAttempt.create({
      data: {
        id,
        stateHash: hashSecret(state),
        personId: ctx.actor.personId,
        browserHash: hashSecret(browserSecret),
        connector: connectorId,
        connectionId: connectionId ?? null,
        scopes: asked,
        sealedVerifier: ctx.vault.seal("passing", places.verifier(id), verifier),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + ATTEMPT_MINUTES * 60_000),
      },
    });
  });
  return { authorizeUrl: authorizeUrl(client, redirectUri(ctx, connectorId), state, verifier, asked) };
}

async function ownConnection(ctx: PersonCtx, connector: string, connectionId: string) {
  const found = await ctx.db.connection.findFirst({ where: { id: connectionId, personId: ctx.actor.personId, connector } });
  if (!found) throw notFound("connection");
  return found;
}

/** What to ask for: what the person chose, else what the connection held, else the preset; and always what the protocol needs. */
function askedScopes(connector: Connector, chosen: readonly string[] | undefined, before: readonly string[] | undefined): string[] {
  const known = connector.scopes.filter((scope) => !scope.virtual);
  const unknown = chosen?.find((name) => !known.some((scope) => scope.name === name));
  if (unknown) {
    throw new Refusal("invalid_scope", `${connector.name} has no permission "${unknown.slice(0, 80)}". Choose from the list.`, {
      reason: "scope_unknown",
    });
  }
  const wanted = chosen ?? before;
  return known
    .filter((scope) => scope.protocol || scope.always || (wanted ? wanted.includes(scope.name) : scope.preset))
    .map((scope) => scope.name);
}

function authorizeUrl(client: SaasClient, redirect: string, state: string, verifier: string, scopes: readonly string[]): string {
  const { oauth } = client.connector;
  const url = new URL(oauth.authorizeUrl);
  const parameters: Record<string, string> = {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: redirect,
    state,
    ...oauth.authorizeParameters,
    ...(scopes.length > 0 && oauth.scopeParameter !== "none" ? { [oauth.scopeParameter]: scopes.join(oauth.scopeSeparator) } : {}),
    ...(oauth.pkce ? { code_challenge: codeChallenge(verifier), code_challenge_method: "S256" } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
