import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerApi } from "./api";
import { showConsent, takeConsent } from "./authorize";
import { answerBoundary } from "./boundary";
import { endpointOf } from "./breakage";
import { type Call, openCall } from "./calls";
import { type Control, createControl } from "./control";
import { answerScopedToken } from "./downscope";
import { showHome } from "./homePage";
import { answer, answerJson, type Exchange, Stop } from "./http";
import { answerInstallationToken } from "./installations";
import { convertManifest, takeManifest } from "./manifest";
import { answerMetadata } from "./metadata";
import { answerRevoke, endAppToken } from "./revoke";
import { spoil } from "./sabotage";
import { createState, nowText, resetState, type SaasOptions, type State } from "./state";
import { createStorage, type StorageCall } from "./storage";
import { answerTokenRequest } from "./token";

/** A strict pretend SaaS that runs. */
export interface Saas {
  /** Own address and issuer, with the profile's tenant. No slash at the end. */
  readonly url: string;
  /** Every request but those for the visible page, oldest first. */
  readonly calls: readonly Call[];
  /** The second server, where downloads are redirected to. */
  readonly storage: { readonly url: string; readonly calls: readonly StorageCall[] };
  readonly control: Control;
  /** Back to the seed: data, tokens, log, breakage, profile and clock. */
  reset(): void;
  /** Ends both servers at once, with whatever hangs. */
  close(): Promise<void>;
}

/**
 * Starts a SaaS that accepts nothing it should not: unknown and expired tokens, foreign redirect addresses, missing PKCE,
 * replayed codes, reused refresh tokens, missing scopes. `profile` makes it behave like others where they differ.
 */
export async function startSaas(options: SaasOptions): Promise<Saas> {
  const state = createState(options);
  const storageCalls: StorageCall[] = [];
  const storage = createStorage(state, storageCalls);
  const server = createServer((request, response) => void serve(state, request, response));
  try {
    state.base = `${await listen(server, options, options.port ?? 0)}${tenantPrefix(state)}`;
    state.storageUrl = await listen(storage, options, options.storagePort ?? (options.port ? options.port + 1 : 0));
  } catch (error) {
    await stop(server);
    throw error;
  }
  return {
    url: state.base,
    calls: state.calls,
    storage: { url: state.storageUrl, calls: storageCalls },
    control: createControl(state),
    reset: () => {
      resetState(state);
      storageCalls.length = 0;
    },
    close: async () => {
      state.gate.open();
      await Promise.all([stop(server), stop(storage)]);
    },
  };
}

function listen(server: Server, options: SaasOptions, port: number): Promise<string> {
  const host = options.host ?? "127.0.0.1";
  // A client on a busy machine may send just when an idle connection is closed: none is, until the server stops.
  server.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function tenantPrefix(state: State): string {
  return state.profile.tenant === null ? "" : `/${state.profile.tenant}`;
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const exchange = openExchange(state, request, response);
  try {
    await dispatch(state, exchange);
  } catch (error) {
    if (response.destroyed || response.headersSent) response.destroy();
    else if (error instanceof Stop) answerJson(exchange, error.status, error.body, error.headers);
    else answerJson(exchange, 500, { error: "server_error" });
  }
}

function openExchange(state: State, request: IncomingMessage, response: ServerResponse): Exchange {
  const origin = `http://${request.headers.host ?? new URL(state.base).host}`;
  const [target = "/", ...rest] = (request.url ?? "/").split("?");
  const search = rest.length > 0 ? `?${rest.join("?")}` : "";
  const prefix = tenantPrefix(state);
  const path = target.startsWith(`${prefix}/`) ? target.slice(prefix.length) : "";
  const about = { at: nowText(state), path: path || target, query: search, foreignSecret: state.options.foreignSecret };
  const isPage = path === "/" || path === "/favicon.ico";
  const call = openCall(isPage ? [] : state.calls, request, about);
  const endpoint = endpointOf(request.method ?? "GET", path);
  const broken = endpoint === null ? undefined : state.breakage.take(endpoint);
  return {
    request,
    response,
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(search),
    base: `${origin}${prefix}`,
    call,
    broken,
  };
}

async function dispatch(state: State, exchange: Exchange): Promise<void> {
  if (exchange.broken && (await spoil(state, exchange, exchange.broken))) return;
  const { method, path } = exchange;
  if (API.test(path)) return answerApi(state, exchange);
  if (path.startsWith("/applications/")) return method === "DELETE" ? endAppToken(state, exchange) : answerScopedToken(state, exchange);
  if (path.startsWith("/app/installations/")) return answerInstallationToken(state, exchange);
  if (path.startsWith("/app-manifests/")) return convertManifest(state, exchange);
  if (APP_FORM.test(path)) return takeManifest(state, exchange);
  const open = Object.hasOwn(OPEN, path) ? OPEN[path] : undefined;
  if (open === undefined) throw new Stop(404, { error: "not_found" });
  const endpoint = open[method === "HEAD" ? "GET" : method];
  if (endpoint === undefined) throw new Stop(405, { error: "method_not_allowed" }, { allow: Object.keys(open).join(", ") });
  await endpoint(state, exchange);
}

/** Demo Tracker's own paths, and those that GitHub, Box and Google Cloud have for the same things. */
const API = /^\/(api\/|graphql$|rpc$|user(\/|$)|repos\/|installation\/|2\.0\/|storage\/|v3\/|bigquery\/|userinfo$)/;
const APP_FORM = /^(\/organizations\/[^/]+)?\/settings\/apps\/new$/;

type Answerer = (state: State, exchange: Exchange) => void | Promise<void>;

/** What needs no bearer token. */
const OPEN: Readonly<Record<string, Readonly<Record<string, Answerer>>>> = {
  "/": { GET: showHome },
  "/favicon.ico": { GET: (_, exchange) => answer(exchange, 204, {}, "") },
  "/.well-known/oauth-authorization-server": { GET: answerMetadata },
  "/oauth/authorize": { GET: showConsent, POST: takeConsent },
  "/oauth/token": { POST: answerTokenRequest },
  "/oauth/revoke": { POST: answerRevoke },
  "/v1/token": { POST: answerBoundary },
};
