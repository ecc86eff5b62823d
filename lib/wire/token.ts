import { ACCESS_TOKEN_TYPE, type ExchangeRequest, exchange, type IssuedToken } from "../broker/exchange";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { cleanRunId, runIdOf, traceIdOf, type WireContext } from "./context";
import { asRefusal } from "./failure";
import { readCredentials, readForm } from "./form";
import { oauthError } from "./oauthError";

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** `POST /oauth/token`: RFC 8693 token exchange, as a list of steps. */
export async function tokenEndpoint(core: Core, request: Request, wire: WireContext): Promise<Response> {
  try {
    refuseOtherMethods(request);
    const form = await readForm(request);
    refuseOtherGrantTypes(form);
    const asked = readExchange(request, form, wire);
    return answer(await exchange(core, asked));
  } catch (error) {
    const refusal = asRefusal(core, error, wire.requestId);
    const told =
      refusal ??
      new Refusal("unavailable", "Something went wrong here. The operator's log has it under the request id.", { reason: "server_error" });
    if (refusal?.reason === "method") return onlyPost(core, refusal);
    const response = oauthError(core, told, request.headers.get("authorization"));
    return refusal ? response : new Response(await response.text().then(asServerError), { status: 500, headers: response.headers });
  }
}

function refuseOtherMethods(request: Request): void {
  if (request.method !== "POST") throw new Refusal("invalid_request", "The token endpoint takes POST only.", { reason: "method" });
}

function onlyPost(core: Core, refusal: Refusal): Response {
  const answer = oauthError(core, refusal, null);
  answer.headers.set("allow", "POST");
  return new Response(answer.body, { status: 405, headers: answer.headers });
}

function refuseOtherGrantTypes(form: URLSearchParams): void {
  const type = form.get("grant_type");
  if (!type) throw new Refusal("invalid_request", `grant_type is missing. Send ${TOKEN_EXCHANGE}.`, { reason: "grant_type_missing" });
  if (type !== TOKEN_EXCHANGE) throw new Refusal("unsupported_grant_type", `Send grant_type=${TOKEN_EXCHANGE}.`);
}

function readExchange(request: Request, form: URLSearchParams, wire: WireContext): ExchangeRequest {
  if (form.has("actor_token") || form.has("actor_token_type")) {
    throw new Refusal("invalid_request", "actor_token is not taken here: the actor is the client that authenticates. Leave it out.", {
      reason: "actor_token",
    });
  }
  refuseOtherTokenTypes(form.get("requested_token_type"));
  return {
    credentials: readCredentials(request.headers, form),
    subjectToken: needed(form, "subject_token"),
    subjectTokenType: needed(form, "subject_token_type"),
    scopes: [...new Set((form.get("scope") ?? "").split(" ").filter(Boolean))],
    resources: form.getAll("resource"),
    audiences: form.getAll("audience"),
    runId: cleanRunId(form.get("run_id") ?? undefined) ?? runIdOf(request.headers),
    traceId: traceIdOf(request.headers),
    requestId: wire.requestId,
  };
}

/** What is issued is an access token, ours or the SaaS's: which one the grant decides. RFC 8693 section 2.1. */
function refuseOtherTokenTypes(type: string | null): void {
  if (type === null || type === ACCESS_TOKEN_TYPE) return;
  throw new Refusal("invalid_request", `Only access tokens are given here. Send ${ACCESS_TOKEN_TYPE}, or leave requested_token_type out.`, {
    reason: "requested_token_type_unknown",
  });
}

function needed(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw new Refusal("invalid_request", `${name} is missing.`, { reason: `${name}_missing` });
  return value;
}

function answer(issued: IssuedToken): Response {
  const body = {
    access_token: issued.accessToken,
    issued_token_type: issued.issuedTokenType,
    token_type: "Bearer",
    expires_in: issued.expiresInSeconds,
    scope: issued.scopes.join(" "),
    ...(issued.grantId ? { grant_id: issued.grantId } : {}),
    connection_id: issued.connectionId,
    use_id: issued.useId,
    narrowed_by: issued.narrowedBy,
    api_base: issued.apiBase,
  };
  return Response.json(body, { headers: { "cache-control": "no-store", pragma: "no-cache" } });
}

function asServerError(text: string): string {
  return JSON.stringify({ ...(JSON.parse(text) as object), error: "server_error" });
}
