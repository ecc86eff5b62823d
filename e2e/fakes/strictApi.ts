import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a route sees of a request. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export interface StrictRoute {
  readonly method: string;
  /** Anchored, over the path. */
  readonly path: RegExp;
  /** Any of these is enough. Absent: every token of the account. */
  readonly scopes?: readonly string[];
  readonly answer: (asked: Asked) => Answer;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scope: string;
}

export interface StrictApiOptions {
  readonly client: { readonly id: string; readonly secret: string };
  readonly tokenPath: string;
  /** How this SaaS words a token answer. */
  readonly tokenAnswer: (tokens: Tokens) => unknown;
  /** The name of the parameter, where it is not `scope`. */
  readonly scopeParameter?: string;
  readonly routes: readonly StrictRoute[];
  /** A refresh token stays good, and `scope` on refresh narrows the access token alone (Google). Otherwise it rotates. */
  readonly stableRefresh?: boolean;
  /** Takes the bare token in this header instead of `Authorization: Bearer`. */
  readonly tokenHeader?: string;
}

/** One request below the API, as it arrived. Holds no token. */
export interface StrictCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly credential: "right" | "wrong" | "none";
  /** What the token may do. */
  readonly scope: string | null;
  /** It carried what looks like a credential of Valet's, anywhere. */
  readonly foreign: boolean;
}

/** A pretend SaaS for client packages: one account, which only tokens that it gave open, and a log of what came. */
export interface StrictApi {
  readonly url: string;
  readonly calls: readonly StrictCall[];
  /** The person says yes: the callback that the browser would follow. */
  consent(authorizeUrl: string): Promise<URL>;
  close(): Promise<void>;
}

const FOREIGN = /vlt_[a-z]+_|eyJ[\w-]+\.[\w-]+/;
const BODY_BYTES_MAX = 1024 * 1024;

interface State {
  readonly options: StrictApiOptions;
  readonly calls: StrictCall[];
  /** Code to scope; each works once. */
  readonly codes: Map<string, string>;
  /** Every access token that was given, with its scope. */
  readonly given: Map<string, string>;
  /** Refresh token to the whole scope. */
  readonly refresh: Map<string, string>;
}

export async function startStrictApi(options: StrictApiOptions): Promise<StrictApi> {
  const state: State = { options, calls: [], codes: new Map(), given: new Map(), refresh: new Map() };
  const server = createServer((request, response) => void serve(state, request, response).catch(() => response.destroy()));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: state.calls,
    consent: async (authorizeUrl) => agree(state, new URL(authorizeUrl)),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function agree(state: State, { searchParams }: URL): URL {
  const { client, scopeParameter = "scope" } = state.options;
  const back = new URL(searchParams.get("redirect_uri") ?? "");
  if (searchParams.get("client_id") !== client.id) throw new Error("The consent was asked for by another client.");
  const code = randomBytes(12).toString("hex");
  state.codes.set(code, searchParams.get(scopeParameter) ?? "");
  back.search = String(new URLSearchParams({ code, state: searchParams.get("state") ?? "" }));
  return back;
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, searchParams: query, search } = new URL(request.url ?? "/", "http://here");
  const asked: Asked = { method: request.method ?? "GET", path, query, headers: request.headers, text: await readText(request) };
  if (path === state.options.tokenPath) return send(response, giveTokens(state, asked));
  const { credential, scope } = credentialOf(state, asked);
  const foreign = FOREIGN.test(JSON.stringify([request.url, request.headers, asked.text]));
  const { authorization: _authorization, ...headers } = request.headers;
  state.calls.push({ method: asked.method, path, query: search, headers, text: asked.text, credential, scope, foreign });
  if (scope === null) return send(response, { status: 401, json: { error: "invalid_token" } });
  send(response, answerApi(state, asked, scope));
}

function answerApi(state: State, asked: Asked, scope: string): Answer {
  const route = state.options.routes.find((one) => one.method === asked.method && one.path.test(asked.path));
  if (!route) return { status: 404, json: { error: "not_found" } };
  const mayPass = route.scopes?.some((one) => scope.split(/[ ,]/).includes(one)) ?? true;
  return mayPass ? route.answer(asked) : { status: 403, json: { error: { code: 403, message: "Insufficient Permission" } } };
}

function credentialOf(state: State, asked: Asked): Pick<StrictCall, "credential" | "scope"> {
  const { tokenHeader } = state.options;
  const sent = tokenHeader ? asked.headers[tokenHeader] : asked.headers.authorization?.replace(/^Bearer /, "");
  if (sent === undefined) return { credential: "none", scope: null };
  const scope = state.given.get(String(sent)) ?? null;
  return { credential: scope === null ? "wrong" : "right", scope };
}

/** Codes and the newest refresh token, each once; the client proves itself by Basic or in the body, form or JSON. */
function giveTokens(state: State, asked: Asked): Answer {
  const form = asked.text.startsWith("{") ? new URLSearchParams(JSON.parse(asked.text)) : new URLSearchParams(asked.text);
  const { id, secret } = state.options.client;
  const inBody = form.get("client_id") === id && form.get("client_secret") === secret;
  const proved = inBody || basicPair(asked.headers.authorization) === `${id}:${secret}`;
  if (!proved) return { status: 401, json: { error: "invalid_client" } };
  const held = takeScope(state, form);
  if (held === undefined) return { status: 400, json: { error: "invalid_grant" } };
  const make = (kind: string) => `saas_${kind}_${randomBytes(24).toString("base64url")}`;
  const old = form.get("refresh_token");
  const refreshToken = old && state.options.stableRefresh ? old : make("rt");
  const tokens = { accessToken: make("at"), refreshToken, scope: form.get("scope") ?? held };
  state.given.set(tokens.accessToken, tokens.scope);
  state.refresh.set(refreshToken, held);
  return { json: state.options.tokenAnswer(tokens) };
}

/** RFC 6749 section 2.3.1: both halves come form-encoded. */
function basicPair(header = ""): string {
  return decodeURIComponent(Buffer.from(header.replace(/^Basic /, ""), "base64").toString("utf8"));
}

function takeScope(state: State, form: URLSearchParams): string | undefined {
  const isRefresh = form.get("grant_type") === "refresh_token";
  const value = form.get(isRefresh ? "refresh_token" : "code") ?? "";
  const from = isRefresh ? state.refresh : state.codes;
  const scope = from.get(value);
  if (!isRefresh || !state.options.stableRefresh) from.delete(value);
  return scope;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Error("The body is too large for a pretend API.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status = 200, headers = {}, json }: Answer): void {
  const body = json === undefined ? "" : JSON.stringify(json);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body);
}
