import { askSaas } from "../connections/askSaas";
import { cleanCode } from "../connections/tokenDialect";
import { sendCode } from "../connections/tokenEndpoint";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { randomText } from "../tokens/secret";
import { redirectUri, type SaasClient } from "./client";

/** What one check of a set-up showed. `unsure`: the answer proves neither. */
export interface SetUpCheck {
  readonly outcome: "ok" | "failed" | "unsure";
  /** Says so to a person, with the evidence. */
  readonly sentence: string;
}

/** Whether each host of the connector has a public address that answers at all. The guard that calls go through decides. */
export async function checkHosts(core: Core, connector: Connector): Promise<SetUpCheck[]> {
  const { oauth, revocation, account, api } = connector;
  const urls = [oauth.authorizeUrl, oauth.tokenUrl, oauth.tokenRequest?.refreshUrl, revocation.url, account.url, api.baseUrl];
  const hosts = [...(api.hosts ?? []).map(({ origin }) => origin), ...urls.filter((url) => typeof url === "string")];
  // A place that only the account itself knows is not there to be asked.
  const origins = new Set(hosts.filter((url) => URL.canParse(url) && !url.includes("{")).map((url) => new URL(url).origin));
  return Promise.all([...origins].map((origin) => checkHost(core, connector, origin)));
}

async function checkHost(core: Core, connector: Connector, origin: string): Promise<SetUpCheck> {
  try {
    const { status } = await askSaas(core, connector, `${origin}/`, { method: "HEAD" });
    return { outcome: "ok", sentence: `${origin} answers (status ${status}).` };
  } catch (error) {
    return { outcome: "failed", sentence: `${origin} could not be reached: ${causeOf(error)}.` };
  }
}

/** Whether the authorization server describes itself as the connector does (RFC 8414). Most SaaS say nothing: that proves neither. */
export async function checkMetadata(core: Core, connector: Connector): Promise<SetUpCheck[]> {
  const { issuer } = connector.oauth;
  if (!issuer) return [];
  for (const url of metadataUrls(issuer)) {
    const told = await readJson(core, connector, url);
    if (told) return [judgeMetadata(connector, issuer, told)];
  }
  return [{ outcome: "unsure", sentence: `${issuer} publishes no description of itself, so its name could not be compared.` }];
}

function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  return [`${origin}/.well-known/oauth-authorization-server${path}`, `${origin}${path}/.well-known/openid-configuration`];
}

async function readJson(core: Core, connector: Connector, url: string): Promise<Record<string, unknown> | null> {
  const answer = await askSaas(core, connector, url, { method: "GET", headers: { accept: "application/json" } }).catch(() => null);
  const body: unknown = answer?.ok ? await answer.json().catch(() => null) : null;
  return typeof body === "object" && body !== null && "issuer" in body ? (body as Record<string, unknown>) : null;
}

function judgeMetadata({ oauth }: Connector, issuer: string, told: Record<string, unknown>): SetUpCheck {
  const compared = { issuer, authorization_endpoint: oauth.authorizeUrl, token_endpoint: oauth.tokenUrl };
  const other = Object.entries(compared).find(([name, value]) => told[name] !== undefined && told[name] !== value);
  if (!other) return { outcome: "ok", sentence: `${issuer} describes itself as Valet knows it: name and endpoints agree.` };
  return { outcome: "failed", sentence: `${issuer} describes itself with another ${other[0]} than Valet knows. Nothing was changed.` };
}

/** Codes that only a server that has recognised the client answers to a nonsense code. */
const KNOWN_CLIENT = new Set(["invalid_grant", "bad_verification_code", "invalid_code"]);
/** Codes that say that the client is not recognised. */
const UNKNOWN_CLIENT = new Set([
  "invalid_client",
  "unauthorized_client",
  "incorrect_client_credentials",
  "invalid_client_id",
  "bad_client_id",
  "bad_client_secret",
]);
const OTHER_REDIRECT = new Set(["redirect_uri_mismatch", "bad_redirect_uri", "invalid_redirect_uri"]);

/**
 * Whether the SaaS recognises our client: a code that nobody ever got is redeemed, first with the secret that is kept, then
 * with one that is made up. "Recognised" is only said when the two answers differ, because a server that looks at the code
 * first would answer any secret the same.
 */
export async function checkClient(core: Core, client: SaasClient, which: string): Promise<SetUpCheck> {
  const { name } = client.connector;
  const ours = await codeFor(core, client);
  if (ours === null) return { outcome: "unsure", sentence: `${which}: cannot tell. ${name} gave no answer that a token endpoint gives.` };
  if (UNKNOWN_CLIENT.has(ours)) {
    return { outcome: "failed", sentence: `${which}: refused. ${name} answered "${ours}": check the client id and the secret.` };
  }
  const made = await codeFor(core, { ...client, clientSecret: randomText() });
  if (made === null || made === ours) {
    return { outcome: "unsure", sentence: `${which}: cannot tell. ${name} answered "${ours}", and the same to a made-up secret.` };
  }
  if (OTHER_REDIRECT.has(ours)) {
    return { outcome: "failed", sentence: `${which}: recognised, but ${name} answered "${ours}": register the redirect URI there.` };
  }
  const told = `${name} answered "${ours}" to a nonsense code, and "${made}" to a made-up secret`;
  if (!KNOWN_CLIENT.has(ours)) return { outcome: "unsure", sentence: `${which}: cannot tell. ${told}.` };
  return { outcome: "ok", sentence: `${which}: recognised. ${told}.` };
}

/** The error code that a nonsense code is answered with; null when that is no answer of a token endpoint. */
async function codeFor(core: Core, client: SaasClient): Promise<string | null> {
  const answer = await sendCode(core, client, randomText(), randomText(), redirectUri(core, client.connector.id)).catch(() => null);
  const body = (await answer?.json().catch(() => null)) as { error?: unknown } | null | undefined;
  return typeof body?.error === "string" ? cleanCode(body.error) : null;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? ((error.cause as { code?: string; name?: string } | undefined) ?? error) : undefined;
  return cleanCode(String((cause as { code?: string } | undefined)?.code ?? (cause as { name?: string } | undefined)?.name ?? "unknown"));
}
