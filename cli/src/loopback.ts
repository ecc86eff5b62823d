import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Lease, LeaseOptions, Valet } from "../../client/src/index.ts";
import { tell } from "./failure.ts";
import { forward } from "./forward.ts";

/** One grant that a run spends. */
export interface Spent {
  readonly connector: string;
  readonly options: LeaseOptions;
  /** As it was when the run began. */
  readonly first: Lease;
}

/** An endpoint of one run, on this machine alone, behind a path that nobody can guess. It closes with the run. */
export interface Loopback {
  /** The SaaS, for this run: every call is sent on with a token that is fresh. */
  base(connector: string): string;
  /** Answers the grant's id: what Google's libraries exchange. */
  subject(connector: string): string;
  /** Where they exchange it. */
  tokenEndpoint(connector: string): string;
  close(): Promise<void>;
}

export interface LoopbackOptions {
  readonly valet: Valet;
  readonly spent: readonly Spent[];
  readonly runId: string | undefined;
  /** What stands for a token in the run's environment, and opens nothing anywhere. */
  readonly placeholder: string;
  readonly now: () => number;
}

const SECRET_BYTES = 32;

export async function openLoopback(options: LoopbackOptions): Promise<Loopback> {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const server = createServer((request, response) => void answer(options, secret, request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = (what: string) => (connector: string) => `${origin}/${secret}/${what}/${connector}`;
  return {
    base: at("api"),
    subject: at("subject"),
    tokenEndpoint: at("token"),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(options: LoopbackOptions, secret: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, given = "", what = "", connector = ""] = (request.url ?? "").split("?", 1)[0]?.split("/") ?? [];
  const spent = options.spent.find((one) => one.connector === connector);
  if (!isFromHere(request) || !isSame(given, secret) || !spent) return void response.writeHead(404).end();
  const before = `/${secret}/${what}/${connector}`;
  try {
    if (what === "api") return await forward(options, spent, before, request, response);
    if (what === "subject") return void response.writeHead(200, { "content-type": "text/plain" }).end(spent.first.grantId ?? connector);
    if (what === "token" && request.method === "POST") return await exchange(options, spent, request, response);
    response.writeHead(404).end();
  } catch (error) {
    refuse(response, what, error);
  }
}

/** A page in a browser that guessed the port, or had its own name lead here (DNS rebinding), is not. */
function isFromHere({ headers, socket }: IncomingMessage): boolean {
  return headers.host === `127.0.0.1:${socket.localPort}` && headers.origin === undefined;
}

function isSame(given: string, secret: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(secret)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** RFC 8693, as Google's libraries speak it: without the agent's proof, which only the command has. */
async function exchange({ valet, now }: LoopbackOptions, spent: Spent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const scopes = new URLSearchParams(await text(request)).get("scope")?.split(" ").filter(Boolean) ?? [];
  const lease = await valet.lease(spent.connector, { ...spent.options, ...(scopes.length > 0 ? { scopes } : {}) });
  if (!lease.direct) {
    const name = variableOf(spent.connector, "BASE_URL");
    const error_description = `This grant goes through Valet's gateway, and not to Google itself. Use ${name} as the base URL, or ask for a direct grant.`;
    return send(response, 400, { error: "invalid_target", error_description });
  }
  send(response, 200, {
    access_token: lease.accessToken,
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: Math.max(0, Math.floor((lease.expiresAt - now()) / 1000)),
    scope: lease.scopes.join(" "),
  });
}

/** Valet's no, for a program: OAuth's words where it exchanges, problem details (RFC 9457) and GitHub's `message` where it calls. */
function refuse(response: ServerResponse, what: string, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { code, message, reason, next, fix, exitCode, smallestGrant } = tell(error);
  const more = { reason, next, fix, smallest_grant: smallestGrant };
  const detail = next ? `${message} ${next}` : message;
  if (what === "token") send(response, 400, { error: code, error_description: detail, ...more });
  else send(response, exitCode === 1 ? 502 : 403, { title: "Valet refused this", detail, message: detail, code, ...more });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(body));
}

/** `VALET_GITHUB_APP_BASE_URL` for "github-app". */
export function variableOf(connector: string, what: "BASE_URL" | "TOKEN"): string {
  return `VALET_${connector.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${what}`;
}
