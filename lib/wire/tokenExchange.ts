import { issuerOf, subjectProof } from "../agents/workload";
import type { Credentials } from "../broker/caller";
import { type ExchangeRequest, exchange, exchangeAgain, type IssuedToken } from "../broker/exchange";
import { type HandedOn, type HandOnRequest, handOn } from "../broker/handOn";
import { ACCESS_TOKEN_TYPE, JWT_TOKEN_TYPE } from "../broker/tokenTypes";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { HeaderFields } from "../net/message";
import { readDetails } from "../policy/accessDetails";
import { hashSecret } from "../tokens/secret";
import { cleanRunId, runIdOf, traceIdOf, type WireContext } from "./context";
import { needed, parseForm, readCredentials } from "./form";
import type { TokenGrant, TokenRequest } from "./token";

export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** RFC 8693 token exchange: of a grant, or of an agent's token for one in another agent's hands. */
export const exchangeGrant: TokenGrant = async (core, request) => {
  const handing = isHandedOn(core, request.form);
  return handing ? spellHandedOn(await handOn(core, readHandOn(request))) : spellIssued(await exchange(core, readExchange(request)));
};

/** The answer to words that came before, where nothing of what they came to has changed; null for all others. */
export async function exchangedAgain(core: Core, headers: HeaderFields, text: string, wire: WireContext): Promise<object | null> {
  const sent = digestOf(headers, text);
  if (!sent) return null;
  const said = { requestId: wire.requestId, traceId: traceIdOf(headers), ...(wire.proved ? { proved: wire.proved } : {}) };
  const read = () => readExchange({ headers, form: parseForm(text), text, wire, jkt: undefined });
  const issued = await exchangeAgain(core, sent, said, read);
  return issued && spellIssued(issued);
}

/** Of all that a request by a secret says; null where it says more, for once alone: a proof of a key, or a run. */
function digestOf(headers: HeaderFields, text: string): string | undefined {
  if (headers.has("dpop") || headers.has("baggage")) return undefined;
  return hashSecret(`${headers.get("authorization") ?? ""}\n${text}`);
}

function spellIssued(issued: IssuedToken) {
  return {
    access_token: issued.accessToken,
    issued_token_type: issued.issuedTokenType,
    expires_in: issued.expiresInSeconds,
    scope: issued.scopes.join(" "),
    ...(issued.grantId ? { grant_id: issued.grantId } : {}),
    connection_id: issued.connectionId,
    use_id: issued.useId,
    narrowed_by: issued.narrowedBy,
    pattern: issued.pattern,
    ...(issued.tried ? { tried: issued.tried } : {}),
    ...(issued.warning ? { warning: issued.warning } : {}),
    api_base: issued.apiBase,
  };
}

/** RFC 9396 section 7: the details as they were granted. */
function spellHandedOn(handed: HandedOn) {
  const { delegationId, details } = handed;
  return { ...spellIssued(handed), delegation_id: delegationId, ...(details ? { authorization_details: details } : {}) };
}

/** A token of ours, by what it is, or by its form and its issuer. */
function isHandedOn(core: Core, form: URLSearchParams): boolean {
  const type = form.get("subject_token_type");
  return type === ACCESS_TOKEN_TYPE || (type === JWT_TOKEN_TYPE && issuerOf(form.get("subject_token") ?? "") === core.settings.publicUrl);
}

function readExchange(request: TokenRequest): ExchangeRequest {
  const { form } = request;
  if (form.has("actor_token") || form.has("actor_token_type")) {
    throw new Refusal("invalid_request", "actor_token is not taken here: the actor is the client that authenticates. Leave it out.", {
      reason: "actor_token",
    });
  }
  if (form.has("authorization_details")) {
    const message = "A grant has its bounds already. Send authorization_details when its token is handed on, or leave it out.";
    throw new Refusal("invalid_authorization_details", message, { reason: "details_on_grant" });
  }
  return { ...readCommon(request, readProof(request.headers, form)), sent: digestOf(request.headers, request.text) };
}

function readHandOn(request: TokenRequest): HandOnRequest {
  const { form } = request;
  const details = form.get("authorization_details");
  return {
    ...readCommon(request, readCredentials(request.headers, form)),
    actor: readActor(form),
    details: details === null ? null : readDetails(details),
    expiresInSeconds: readSeconds(form.get("expires_in")),
  };
}

/** RFC 8693 section 2.1: the type is required with the token, and nothing without it. */
function readActor(form: URLSearchParams): HandOnRequest["actor"] {
  const [token, type] = [form.get("actor_token"), form.get("actor_token_type")];
  if (token && type) return { token, type };
  if (!token && !type) return null;
  const missing = token ? "actor_token_type" : "actor_token";
  throw new Refusal("invalid_request", `${missing} is missing. Send actor_token and actor_token_type together, or neither.`, {
    reason: `${missing}_missing`,
  });
}

/** Not in RFC 8693: how long the token is wanted for, in the words of the answer. */
function readSeconds(text: string | null): number | null {
  if (text === null) return null;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new Refusal("invalid_request", "expires_in is a whole number of seconds, 1 or more.", { reason: "expires_in" });
}

function readCommon({ headers, form, wire, jkt }: TokenRequest, shown: Credentials): ExchangeRequest {
  refuseOtherTokenTypes(form.get("requested_token_type"));
  return {
    credentials: { ...shown, ...(wire.proved ? { proved: wire.proved } : {}) },
    jkt,
    subjectToken: needed(form, "subject_token"),
    subjectTokenType: needed(form, "subject_token_type"),
    scopes: [...new Set((form.get("scope") ?? "").split(" ").filter(Boolean))],
    resources: form.getAll("resource"),
    audiences: form.getAll("audience"),
    requestedActor: form.get("requested_actor") ?? undefined,
    runId: cleanRunId(form.get("run_id") ?? undefined) ?? runIdOf(headers),
    traceId: traceIdOf(headers),
    requestId: wire.requestId,
  };
}

/** A workload's token that is the subject is also the proof: nothing else is shown beside it. */
function readProof(headers: HeaderFields, form: URLSearchParams): Credentials {
  const shown = readCredentials(headers, form);
  if (form.get("subject_token_type") !== JWT_TOKEN_TYPE) return shown;
  if (shown.kind === "none") return { kind: "assertion", ...subjectProof(needed(form, "subject_token"), form.get("client_id")) };
  throw new Refusal("invalid_request", "The workload's token as subject_token proves you by itself. Leave the other credential out.", {
    reason: "two_credentials",
  });
}

/** What is issued is an access token, ours or the SaaS's: which one the grant decides. RFC 8693 section 2.1. */
function refuseOtherTokenTypes(type: string | null): void {
  if (type === null || type === ACCESS_TOKEN_TYPE) return;
  throw new Refusal("invalid_request", `Only access tokens are given here. Send ${ACCESS_TOKEN_TYPE}, or leave requested_token_type out.`, {
    reason: "requested_token_type_unknown",
  });
}
