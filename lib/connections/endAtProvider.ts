import type { Core } from "../ctx";
import type { SaasClient } from "../setups/client";
import { askAnyway } from "./askSaas";
import { spellTokenRequest } from "./tokenDialect";
import type { TokenAnswer } from "./tokenEndpoint";

/** What became of a token at its SaaS. */
export type Ending = "ended" | "not_possible" | "failed";

/**
 * Ends one token at the SaaS, as far as the SaaS offers it (RFC 7009 or its own way).
 *
 * Mind `revocation.reach`: at some SaaS this ends every token of the connection.
 */
export async function endAtProvider(core: Core, client: SaasClient, token: string): Promise<Ending> {
  const { how, url } = client.connector.revocation;
  if (how === "none" || !url) return "not_possible";
  try {
    const { address, init } = requestFor(how, url, client, token);
    const answer = await askAnyway(core, client.connector, address, init);
    // GitHub answers 404 for a token it does not know, which is as good as a revoked one. In RFC 7009 that is a 200
    // (section 2.2), and a 404 means that nobody was there. Slack says no inside a 200.
    if (!answer.ok && !(how === "github" && answer.status === 404)) return "failed";
    const body = (await answer.json().catch(() => ({}))) as { ok?: boolean };
    return body.ok === false ? "failed" : "ended";
  } catch {
    return "failed";
  }
}

/**
 * Ends what a token answer brought and nobody will keep. Only where one token can be ended alone, or where its whole consent
 * stands alone: elsewhere that would also end a connection that this account already has.
 */
export async function endUnkept(
  core: Core,
  client: SaasClient,
  answer: Pick<TokenAnswer, "accessToken" | "refreshToken">,
  standsAlone = false,
): Promise<void> {
  if (!standsAlone && client.connector.revocation.reach !== "token") return;
  for (const token of [answer.refreshToken, answer.accessToken]) if (token) await endAtProvider(core, client, token);
}

function requestFor(
  how: Exclude<SaasClient["connector"]["revocation"]["how"], "none">,
  url: string,
  client: SaasClient,
  token: string,
): { address: string; init: RequestInit } {
  const basic = `Basic ${Buffer.from(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`).toString("base64")}`;
  switch (how) {
    case "rfc7009": {
      const inBody = client.connector.oauth.clientAuth === "post";
      const form = new URLSearchParams(inBody ? { token, client_id: client.clientId, client_secret: client.clientSecret } : { token });
      const { body, contentType } = spellTokenRequest(client, form);
      const headers = { "content-type": contentType, ...(inBody ? {} : { authorization: basic }) };
      return { address: url, init: { method: "POST", body, headers } };
    }
    case "github": {
      const address = url.replace("{client_id}", encodeURIComponent(client.clientId));
      const headers = { authorization: basic, "content-type": "application/json" };
      return { address, init: { method: "DELETE", headers, body: JSON.stringify({ access_token: token }) } };
    }
    case "bearer_post":
      return { address: url, init: { method: "POST", headers: { authorization: `Bearer ${token}` } } };
    case "bearer_delete":
      return { address: url, init: { method: "DELETE", headers: { authorization: `Bearer ${token}` } } };
  }
}
