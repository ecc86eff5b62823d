import { asRecord, BUCKET_ROLES } from "./cloudApi";
import { answerJson, type Exchange, readForm, Stop } from "./http";
import type { State, Token } from "./state";
import { issueAccess, tokenState } from "./tokens";

const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
const FIXED = {
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  requested_token_type: ACCESS_TOKEN_TYPE,
  subject_token_type: ACCESS_TOKEN_TYPE,
};
const RULES_MAX = 10;
const BUCKET = /^\/\/storage\.googleapis\.com\/projects\/_\/buckets\/([a-z0-9][a-z0-9._-]*)$/;

/**
 * `POST /v1/token` of Google's token service with an access boundary: a token that ends with the one it came from, and works
 * in these buckets alone. No client proves itself there. As for a person's account, the answer says neither scope nor end.
 */
export async function answerBoundary(state: State, exchange: Exchange): Promise<void> {
  if (state.profile.downscope !== "boundary") throw new Stop(404, { error: "not_found" });
  if (exchange.request.headers.authorization !== undefined) throw invalid("Send no Authorization header.");
  const form = await readForm(exchange);
  for (const [name, value] of Object.entries(FIXED)) if (form.get(name) !== value) throw invalid(`Bad ${name}.`);
  const known = [...Object.keys(FIXED), "subject_token", "options"];
  if ([...form.keys()].some((name) => !known.includes(name))) throw invalid("There is a parameter that is not known.");
  const buckets = readOptions(form.get("options") ?? "");
  const subject = subjectOf(state, form);
  const { familyId, clientId, personId, scopes } = subject;
  const made = issueAccess(state, { familyId, clientId, personId, scopes, buckets }, subject);
  const body = { access_token: made.value, issued_token_type: ACCESS_TOKEN_TYPE, token_type: "Bearer" };
  const { expiresIn, extra } = state.profile;
  answerJson(exchange, 200, { ...body, ...(typeof expiresIn === "number" ? { expires_in: expiresIn } : {}), ...extra });
}

function subjectOf(state: State, form: URLSearchParams): Token {
  const token = state.tokens.get(form.get("subject_token") ?? "");
  const live = token?.kind === "access" && tokenState(state, token) === "live";
  if (!live || !token.scopes.some((name) => name.endsWith("/auth/cloud-platform")) || token.buckets)
    throw new Stop(400, { error: "invalid_grant", error_description: "The subject token cannot be bounded." });
  return token;
}

function readOptions(text: string): Map<string, readonly string[]> {
  const { accessBoundary, ...more } = parse(text);
  const rules = asRecord(accessBoundary)?.accessBoundaryRules;
  if (!Array.isArray(rules) || rules.length === 0 || rules.length > RULES_MAX || Object.keys(more).length > 0)
    throw invalid("The access boundary needs one to ten rules.");
  return new Map(rules.map(readRule));
}

function readRule(rule: unknown): [string, readonly string[]] {
  const { availableResource, availablePermissions } = asRecord(rule) ?? {};
  const bucket = BUCKET.exec(String(availableResource))?.[1];
  const roles = Array.isArray(availablePermissions) ? availablePermissions.map((one) => String(one).replace(/^inRole:/, "")) : [];
  if (!bucket || roles.length === 0 || roles.some((role) => !Object.hasOwn(BUCKET_ROLES, role))) throw invalid("A rule is not valid.");
  return [bucket, roles];
}

function parse(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text)) ?? {};
  } catch {
    throw invalid("The options are not JSON.");
  }
}

function invalid(description: string): Stop {
  return new Stop(400, { error: "invalid_request", error_description: description });
}
