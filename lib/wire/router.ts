import type { Core } from "../ctx";
import { preparedRead } from "../db";
import { Refusal } from "../errors";
import type { Answer, Incoming, JsonAnswer } from "../net/message";
import { JWKS_SECONDS } from "../signing/record";
import { agentAccess } from "./agentAccess";
import { clientRate } from "./clientRate";
import type { WireContext } from "./context";
import { preflight, shareAnswer } from "./cors";
import { deviceAuthorization } from "./deviceAuthorization";
import { llmsText, skillText } from "./docs/documents";
import { asRefusal } from "./failure";
import { asPackagesReadIt } from "./gatewayProblem";
import { introspection } from "./introspection";
import { serverMetadata } from "./metadata";
import { metricsEndpoint } from "./metrics";
import { openapiDocument } from "./openapi";
import { operations } from "./operations";
import { problem } from "./problem";
import { proxyEndpoint } from "./proxyEndpoint";
import { endRequest, inRequest } from "./requestScope";
import { type Operation, runOperation } from "./rest";
import { revocation } from "./revocation";
import { tokenEndpoint } from "./token";

/** @param target the request target as it came over the wire, path and query undecoded. */
type Endpoint = (core: Core, request: Incoming, wire: WireContext, target: string) => Promise<Answer>;

/** Every path the broker answers by itself. Anything else is a page. */
const ENDPOINTS: readonly (readonly [path: string, methods: readonly string[] | "any", endpoint: Endpoint])[] = [
  ["/oauth/token", "any", tokenEndpoint],
  ["/oauth/introspect", "any", introspection],
  ["/oauth/revoke", "any", revocation],
  ["/oauth/device_authorization", "any", deviceAuthorization],
  ["/oauth/jwks", ["GET"], async (core) => cached(await core.signer.jwks(core.clock.now()))],
  ["/.well-known/oauth-authorization-server", ["GET"], async (core) => cached(serverMetadata(core))],
  // The same document, for clients that look where OpenID Connect puts it (RFC 8414 section 5).
  ["/.well-known/openid-configuration", ["GET"], async (core) => cached(serverMetadata(core))],
  ["/api/v1/openapi.json", ["GET"], async (core) => cached(openapiDocument(core))],
  ["/api/v1/agent/access", ["GET"], agentAccess],
  ["/llms.txt", ["GET"], llmsText],
  ["/SKILL.md", ["GET"], skillText],
  ["/metrics", ["GET"], metricsEndpoint],
  ["/healthz", ["GET"], async () => Response.json({ status: "alive" })],
  ["/readyz", ["GET"], ready],
];

/** Whether a path belongs to the broker: `server.ts` asks before it hands a request to Next. */
export function isBrokerPath(path: string): boolean {
  return (
    path.startsWith("/api/v1/") ||
    path === "/proxy" ||
    path.startsWith("/proxy/") ||
    path.startsWith("/oauth/") ||
    ENDPOINTS.some(([known]) => known === path)
  );
}

/** Answers one request to a broker path. Never throws: every failure is an answer. */
export async function answerRequest(core: Core, request: Incoming, wire: WireContext, target: string): Promise<Answer> {
  const begun = performance.now();
  const path = pathOf(target);
  const here = inRequest(core, request, wire, endpointName(path));
  const rate = clientRate(here, wire.atEnd);
  const counted = path.startsWith("/oauth/") ? { ...wire, proved: rate.proved } : wire;
  const response = await dispatch(here, request, counted, target).catch((error: unknown) => {
    const answer = failed(here, error, wire);
    return target.startsWith("/proxy/") ? asPackagesReadIt(answer, target, request.headers.get("accept")) : answer;
  });
  core.metrics.request(endpointName(path), response.status, (performance.now() - begun) / 1000);
  endRequest(here, response.status);
  rate.describe(response.headers);
  shareAnswer(path, response.headers);
  response.headers.set("valet-request-id", wire.requestId);
  if (!response.headers.has("x-content-type-options")) response.headers.set("x-content-type-options", "nosniff");
  return response;
}

/** What a path is called in metrics: one of ours, whatever was asked for. */
function endpointName(path: string): string {
  if (path.startsWith("/proxy/")) return "gateway";
  if (ENDPOINTS.some(([known]) => known === path)) return path;
  return path.startsWith("/api/v1/") ? "rest" : "unknown";
}

async function dispatch(core: Core, request: Incoming, wire: WireContext, target: string): Promise<Answer> {
  const path = pathOf(target);
  if (path.startsWith("/proxy/")) return proxyEndpoint(core, request, wire, target);
  const asked = preflight(request, path);
  if (asked) return asked;
  const fixed = ENDPOINTS.find(([known]) => known === path);
  if (fixed) {
    const [, methods, endpoint] = fixed;
    return methods === "any" || methods.includes(request.method) ? endpoint(core, request, wire, target) : otherMethod(core, methods, wire);
  }
  return dispatchOperation(core, request, wire, path);
}

function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? "/";
}

async function dispatchOperation(core: Core, request: Incoming, wire: WireContext, path: string): Promise<Answer> {
  const matching = operations.flatMap((one) => {
    const parameters = matchPath(one.path, path);
    return parameters ? [{ one, parameters }] : [];
  });
  const exact = matching.filter(({ parameters }) => Object.keys(parameters).length === 0);
  const candidates = exact.length > 0 ? exact : matching;
  const found = candidates.find(({ one }) => one.method === request.method);
  if (found) return runOperation(core, found.one, request, wire, found.parameters);
  if (candidates.length > 0)
    return otherMethod(
      core,
      candidates.map(({ one }) => one.method),
      wire,
    );
  throw new Refusal("not_found", "There is nothing at this address. See /api/v1/openapi.json.", { reason: "path_unknown" });
}

function matchPath(template: Operation["path"], path: string): Record<string, string> | null {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const name = /^\{([a-z_]+)\}$/.exec(part)?.[1];
    if (name) {
      const value = decode(given[index] ?? "");
      if (value === null) return null;
      parameters[name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
    } else if (part !== given[index]) return null;
  }
  return parameters;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

function otherMethod(core: Core, methods: readonly string[], wire: WireContext): Answer {
  const refusal = new Refusal("invalid_request", `This address takes ${methods.join(" or ")}.`, { reason: "method" });
  const answer = problem(core, refusal, wire.requestId, 405);
  answer.headers.set("allow", methods.join(", "));
  return answer;
}

function failed(core: Core, error: unknown, wire: WireContext): JsonAnswer {
  const refusal = asRefusal(core, error, wire.requestId);
  if (refusal) return problem(core, refusal, wire.requestId);
  const unknown = new Refusal("unavailable", "Something went wrong here. Tell an admin the request id.", { reason: "server_error" });
  const told = { status: 500, title: "Something went wrong here", code: "server_error" };
  return problem(core, unknown, wire.requestId).but(500, told);
}

async function ready(core: Core): Promise<Response> {
  await preparedRead(core.db, "ready", "select 1", []);
  await core.refresher?.alive();
  return Response.json({ status: "ready" });
}

/** The signing keys rely on it: the next one waits until no verifier can have kept an older list. */
function cached(body: unknown): Response {
  return Response.json(body, { headers: { "cache-control": `public, max-age=${JWKS_SECONDS}` } });
}
