import { z } from "zod";
import { change } from "../activity/change";
import { withinCeiling } from "../connectors/ceiling";
import type { Connector, ConnectorScope } from "../connectors/connector";
import { findScope } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { notFound, Refusal } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { newId } from "../ids";
import { type KnownClient, loadKnownClient, redirectUri } from "../setups/client";
import { codeChallenge } from "../tokens/pkce";
import { hashSecret, randomText } from "../tokens/secret";
import { places } from "./places";
import { registrationOf, targetOf } from "./separate";

export const beginInput = z.strictObject({
  connector: z.string().min(1).max(40),
  /** The SaaS's own scope names. Left out: the connector's preset, which only reads. */
  scopes: z.array(z.string().max(200)).max(100).optional(),
  /** Set to reconnect: keeps the connection's id and its grants. */
  connectionId: z.string().optional(),
  /** What the browser keeps in a cookie: only the browser that began can finish. */
  browserSecret: z.string().min(32).max(200),
  /** Set when the walk is for one grant alone: its tokens will serve that grant and nothing else. */
  lending: z
    .strictObject({
      /** The account's own connection, which the new consent will stand beside. */
      parentId: z.string(),
      registration: z.enum(["main", "read_only"]),
      /** What to lend on return, as the person agreed to it. */
      draft: z.record(z.string(), z.json()),
    })
    .optional(),
});

const ATTEMPT_MINUTES = 10;

/**
 * Opens one walk to a SaaS: `state` bound to this person, this browser and this connector, PKCE S256, one redirect URI
 * per connector (RFC 6749 section 4.1.1, RFC 7636, RFC 9700 section 4.7).
 *
 * @returns the address to send the browser to.
 */
export async function beginConnection(ctx: PersonCtx, input: z.input<typeof beginInput>): Promise<{ authorizeUrl: string }> {
  const { connector: connectorId, connectionId, browserSecret, scopes, lending } = beginInput.parse(input);
  const reconnect = connectionId ? await ownConnection(ctx, connectorId, connectionId) : null;
  const parent = lending ? await ownConnection(ctx, connectorId, lending.parentId) : null;
  const registration = lending?.registration ?? (reconnect ? registrationOf(reconnect) : "main");
  const client = await loadKnownClient(ctx, connectorId, registration);
  const asked = reconnect?.parentId ? lentScopes(client.connector, reconnect) : askedScopes(client, scopes, reconnect?.providerScopes);
  const state = randomText();
  const verifier = randomText();
  await change(ctx, "connection.begin", async (tx, row) => {
    const createdAt = ctx.clock.now();
    const id = newId("att", createdAt);
    row.target = targetFor(client.connector.name, reconnect, parent);
    row.connector = connectorId;
    row.connectionId = connectionId ?? parent?.id;
    if (registration !== "main" || lending) row.detail = { registration, forOneGrant: lending !== undefined };
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
        registration,
        ...(lending ? { lending: { parentId: lending.parentId, draft: lending.draft } } : {}),
        sealedVerifier: ctx.vault.seal("passing", places.verifier(id), verifier),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + ATTEMPT_MINUTES * 60_000),
      },
    });
  });
  return { authorizeUrl: authorizeUrl(client, redirectUri(ctx, connectorId), state, verifier, asked) };
}

/** One's own, to reconnect or to give a smaller consent beside. One that served a grant which has ended is not there any more. */
async function ownConnection(ctx: PersonCtx, connector: string, connectionId: string) {
  const where = { id: connectionId, personId: ctx.actor.personId, connector };
  const found = await ctx.db.connection.findFirst({ where, include: { grants: { select: { scopes: true } } } });
  if (!found || (found.parentId && found.status === "disconnected")) throw notFound("connection");
  if (found.keyEndsAt) {
    throw new Refusal("invalid_request", "This is a shared key, which nobody agreed to at the service. Connect the account as a new one.", {
      reason: "key_not_reconnected",
    });
  }
  return found;
}

function targetFor(connectorName: string, reconnect: Connection | null, parent: Connection | null): string {
  if (reconnect) return targetOf(connectorName, reconnect);
  return parent ? targetOf(connectorName, { accountName: parent.accountName, parentId: parent.id }) : connectorName;
}

/**
 * What to ask for: what the person chose, else what the connection held, else the preset; and always what the protocol needs.
 * Above the ceiling a choice is refused, and what comes from elsewhere is left out.
 */
function askedScopes(
  { connector, ceiling }: KnownClient,
  chosen: readonly string[] | undefined,
  before: readonly string[] | undefined,
): string[] {
  const known = connector.scopes.filter((scope) => !scope.virtual).map((scope) => scope.name);
  const unknown = chosen?.find((name) => !known.includes(name));
  if (unknown) {
    throw new Refusal("invalid_scope", `${connector.name} has no permission "${unknown.slice(0, 80)}". Choose from the list.`, {
      reason: "scope_unknown",
    });
  }
  const open = withinCeiling(connector, ceiling, known);
  const above = chosen?.find((name) => !open.includes(name) && !findScope(connector, name)?.protocol);
  if (above) {
    throw new Refusal("invalid_scope", `Your admin does not allow "${above}" at ${connector.name}. Choose from the list.`, {
      reason: "scope_beyond_ceiling",
    });
  }
  const wanted = chosen ?? before;
  return requested(connector, (scope) => open.includes(scope.name) && (wanted ? wanted.includes(scope.name) : scope.preset === true));
}

/** A consent for one grant alone is renewed for what was lent, whatever it came to hold. */
function lentScopes(connector: Connector, { grants }: { readonly grants: readonly { readonly scopes: readonly string[] }[] }): string[] {
  return requested(connector, (scope) => grants.some((grant) => grant.scopes.includes(scope.name)));
}

function requested(connector: Connector, wanted: (scope: ConnectorScope) => boolean): string[] {
  return connector.scopes.filter((scope) => !scope.virtual && (scope.protocol || scope.always || wanted(scope))).map((scope) => scope.name);
}

function authorizeUrl(client: KnownClient, redirect: string, state: string, verifier: string, scopes: readonly string[]): string {
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
