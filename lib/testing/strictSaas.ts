import { createVerify, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Connector, Rule } from "../connectors/connector";
import type { Probe } from "../connectors/probes";
import { heldScopes } from "../connectors/scopes";
import { readGraphql } from "../policy/graphql";

/** One call that reached the API. */
export interface StrictCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface StrictGrant {
  readonly accessToken: string;
  /** Null where this SaaS gives none. */
  readonly refreshToken: string | null;
  /** Null where it sets no end. */
  readonly expiresInSeconds: number | null;
}

/** A SaaS that is as strict as its connector's data says. */
export interface StrictSaas {
  readonly url: string;
  readonly calls: readonly StrictCall[];
  /** What a person's consent gave, in the SaaS's own scope names. */
  consent(scopes: readonly string[]): StrictGrant;
  close(): Promise<void>;
}

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** A GitHub App's own identity there. */
export const STRICT_APP = { id: "7", slug: "valet", privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };

export const STRICT_CLIENT = { clientId: "valet", clientSecret: "valet-secret-at-the-strict-saas" };

interface Family {
  readonly scopes: readonly string[];
  refresh: string | null;
}

/** Everything one server remembers. */
interface State {
  readonly connector: Connector;
  /** For ends that are told as a time. */
  readonly now: () => Date;
  /** Live access tokens, with what each may. */
  readonly access: Map<string, { readonly scopes: readonly string[]; readonly family: Family }>;
  readonly families: Family[];
  readonly calls: StrictCall[];
}

/**
 * Stands in for any connector: a token endpoint with the rotation and the narrowing that the connector's data names, and an
 * API that knows the connector's probes, takes only a live token, in the place where this SaaS takes it, and refuses what
 * the token's scopes do not hold. Whatever else is asked is not there.
 */
export async function startStrictSaas(connector: Connector, now: () => Date): Promise<StrictSaas> {
  const state: State = { connector, now, access: new Map(), families: [], calls: [] };
  const server = createServer((request, response) => void serve(state, request, response));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: state.calls,
    consent: (scopes) => consent(state, scopes),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function consent(state: State, scopes: readonly string[]): StrictGrant {
  const family: Family = { scopes, refresh: null };
  state.families.push(family);
  return issue(state, family, scopes);
}

function issue(state: State, family: Family, scopes: readonly string[]): StrictGrant {
  const { refresh, refreshKillsAccess, accessSeconds } = state.connector.tokens;
  if (refreshKillsAccess) for (const [token, about] of state.access) if (about.family === family) state.access.delete(token);
  const accessToken = newToken("at");
  state.access.set(accessToken, { scopes, family });
  const renews = refresh === "rotating" || refresh === "stable";
  if (renews && (family.refresh === null || refresh === "rotating")) family.refresh = newToken("rt");
  return { accessToken, refreshToken: family.refresh, expiresInSeconds: accessSeconds };
}

function newToken(kind: string): string {
  return `strict_${kind}_${randomBytes(16).toString("base64url")}`;
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  if (path === "/oauth/token") return reply(response, ...answerToken(state, request, body));
  if (/^\/app\/installations\/[^/]+\/access_tokens$/.test(path)) return reply(response, ...answerInstallation(state, request, body));
  const status = judgeCall(state, request, path, body);
  state.calls.push({ method: request.method ?? "", path, status });
  reply(response, status, status === 200 ? { data: {} } : { error: String(status) });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function answerToken(state: State, request: IncomingMessage, body: string): [number, object] {
  const isJson = state.connector.oauth.tokenRequest?.format === "json";
  const form = isJson ? (JSON.parse(body) as Record<string, string>) : Object.fromEntries(new URLSearchParams(body));
  if (!isClient(state, request, form)) return [401, { error: "invalid_client" }];
  switch (form.grant_type) {
    case "refresh_token":
      return answerRefresh(state, form);
    case "urn:ietf:params:oauth:grant-type:token-exchange":
      return answerExchange(state, form);
    default:
      return [400, { error: "unsupported_grant_type" }];
  }
}

function isClient({ connector }: State, request: IncomingMessage, form: Record<string, string>): boolean {
  const { clientId, clientSecret } = STRICT_CLIENT;
  if (connector.oauth.clientAuth === "post") return form.client_id === clientId && form.client_secret === clientSecret;
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const halves = Buffer.from(basic, "base64").toString("utf8").split(":").map(decodeURIComponent);
  return halves.length === 2 && halves[0] === clientId && halves[1] === clientSecret;
}

/** RFC 6749 section 6. Where `scope` does not narrow it has no effect. */
function answerRefresh(state: State, form: Record<string, string>): [number, object] {
  const family = state.families.find((one) => one.refresh !== null && one.refresh === form.refresh_token);
  if (!family) return [400, { error: "invalid_grant" }];
  const narrows = state.connector.tokens.narrowing.how === "refresh_scope";
  const scopes = narrows ? askedOf(state, form, family.scopes) : family.scopes;
  return scopes ? answerIssued(state, family, scopes) : [400, { error: "invalid_scope" }];
}

/** RFC 8693: a smaller token from a live one. The one it came from stays as it is. */
function answerExchange(state: State, form: Record<string, string>): [number, object] {
  const from = state.access.get(form.subject_token ?? "");
  if (!from) return [400, { error: "invalid_grant" }];
  const scopes = askedOf(state, form, from.scopes);
  return scopes ? answerIssued(state, { scopes, refresh: null }, scopes) : [400, { error: "invalid_scope" }];
}

/** A token of an installation by the app's own proof, with the permissions that were asked for if the installation has them. */
function answerInstallation(state: State, request: IncomingMessage, body: string): [number, object] {
  const { narrowing } = state.connector.tokens;
  const family = state.families.at(-1);
  if (narrowing.how !== "github_installation" || !family || !isProof(request)) return [401, { message: "Bad credentials" }];
  const { permissions } = JSON.parse(body) as { permissions: Record<string, string> };
  const within = (scope: string, all: Record<string, string>) =>
    Object.entries(narrowing.permissions[scope] ?? { nothing: "" }).every(([name, level]) => all[name] === level || all[name] === "write");
  const scopes = family.scopes.filter((scope) => within(scope, permissions));
  const told = Object.assign({}, ...family.scopes.map((scope) => narrowing.permissions[scope]));
  if (Object.entries(permissions).some(([name, level]) => told[name] !== level && told[name] !== "write"))
    return [422, { message: "Wider" }];
  const { accessToken } = issue(state, { scopes, refresh: null }, scopes);
  const expiresAt = new Date(state.now().getTime() + 3_600_000).toISOString();
  return [201, { token: accessToken, expires_at: expiresAt, permissions, repository_selection: "all" }];
}

/** RFC 7515: signed by the app's key, for the app. When it ends is another test's business. */
function isProof(request: IncomingMessage): boolean {
  const [head = "", claims = "", signature = ""] = (request.headers.authorization ?? "").replace("Bearer ", "").split(".");
  const signed = createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(publicKey, signature, "base64url");
  return signed && JSON.parse(Buffer.from(claims, "base64url").toString()).iss === STRICT_APP.id;
}

function askedOf({ connector }: State, form: Record<string, string>, held: readonly string[]): readonly string[] | null {
  if (!form.scope) return held;
  const asked = form.scope.split(connector.oauth.scopeSeparator);
  return asked.every((scope) => held.includes(scope)) ? asked : null;
}

function answerIssued(state: State, family: Family, scopes: readonly string[]): [number, object] {
  const { accessToken, refreshToken, expiresInSeconds } = issue(state, family, scopes);
  const body = { access_token: accessToken, token_type: "bearer", scope: scopes.join(state.connector.oauth.scopeSeparator) };
  return [
    200,
    { ...body, ...(refreshToken ? { refresh_token: refreshToken } : {}), ...(expiresInSeconds ? { expires_in: expiresInSeconds } : {}) },
  ];
}

function judgeCall(state: State, request: IncomingMessage, path: string, body: string): number {
  const { connector } = state;
  const token = state.access.get(tokenOf(connector, request));
  if (!token) return 401;
  if (connector.api.trailingSlash && !path.endsWith("/")) return 404;
  const known = connector.probes?.find((probe) => isThis(connector, probe, request.method, path, body));
  if (!known) return 404;
  const held = heldScopes(connector, token.scopes);
  const rules = connector.scopes.filter(({ name }) => held.includes(name)).flatMap(({ opens }) => opens);
  return rules.some((rule) => covers(rule, known)) ? 200 : 403;
}

/** What a scope opens, read anew: the gateway's own matcher must not be the judge of itself. */
function covers({ methods, path, graphql, rootFields }: Rule, probe: Probe): boolean {
  const literal = (piece: string) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const whole = path.endsWith("/**") ? `${segments(path.slice(0, -3), literal)}(/.+)?` : segments(path, literal);
  if (!methods.includes(probe.method) || !new RegExp(`^${whole}$`).test(probe.path.split("?", 1)[0] ?? "")) return false;
  if (!graphql) return true;
  const asked = readGraphql(JSON.stringify(probe.json), "application/json");
  return asked.kind === graphql && asked.rootFields.every((field) => rootFields?.includes(field) ?? true);
}

function segments(path: string, literal: (piece: string) => string): string {
  return path.split("*").map(literal).join("[^/]*");
}

function tokenOf({ api }: Connector, request: IncomingMessage): string {
  const value = request.headers[api.tokenHeader ?? "authorization"];
  return String(value ?? "").replace(api.tokenHeader ? "" : /^Bearer /, "");
}

function isThis(connector: Connector, probe: Probe, method: string | undefined, path: string, body: string): boolean {
  const plain = connector.api.trailingSlash ? path.replace(/\/$/, "") : path;
  if (probe.method !== method || probe.path.split("?", 1)[0] !== plain) return false;
  return connector.api.graphqlPath !== plain || fieldsOf(JSON.stringify(probe.json)) === fieldsOf(body);
}

function fieldsOf(body: string): string {
  const { kind, rootFields } = readGraphql(body, "application/json");
  return `${kind} ${rootFields}`;
}
