import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { only } from "./valet";

export interface GitHost {
  readonly host: string;
  /** The user name of every request that got in. */
  readonly entered: readonly string[];
  close(): Promise<void>;
}

/** acme/site.git below `root`, with one commit. */
export function makeRepository(root: string): void {
  const env = only({ PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: "1" });
  const run = (...args: string[]) => execFileSync("git", args, { env, stdio: "pipe" });
  const work = join(root, "work");
  run("init", "-q", "-b", "main", work);
  execFileSync("sh", ["-c", `echo radium > '${work}/README'`]);
  run("-C", work, "add", "README");
  run("-C", work, "-c", "user.name=Marie", "-c", "user.email=marie@example.com", "commit", "-q", "-m", "first");
  run("clone", "-q", "--bare", work, join(root, "acme/site.git"));
}

/** A git host over smart HTTP, by git's own http-backend. It lets in who has a token that its SaaS takes. */
export async function startGitHost(root: string, saas: string): Promise<GitHost> {
  makeRepository(root);
  const entered = new Set<string>();
  const server: Server = createServer((request, response) => {
    void serveGit(root, saas, entered, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get entered() {
      return [...entered];
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** One request to it, by git's own http-backend. */
export async function serveGit(root: string, saas: string, entered: Set<string>, request: IncomingMessage, response: ServerResponse) {
  const body = await buffer(request);
  const basic = (request.headers.authorization ?? "").replace(/^Basic /, "");
  const [user = "", password = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
  const asked = await fetch(`${saas}/repos/acme/site/issues`, { headers: { authorization: `Bearer ${password}` } });
  if (asked.status !== 200) return void response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
  entered.add(user);
  const url = new URL(request.url ?? "/", "http://here");
  const cgi = spawn("git", ["http-backend"], {
    env: only({
      ...{ PATH: process.env.PATH, GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: "1", GIT_CONFIG_COUNT: "1" },
      ...{ GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" },
      ...{ PATH_INFO: url.pathname, QUERY_STRING: url.search.slice(1), REQUEST_METHOD: request.method, REMOTE_USER: user },
      ...{ CONTENT_TYPE: request.headers["content-type"] ?? "", CONTENT_LENGTH: String(body.length) },
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    }),
    stdio: ["pipe", "pipe", "ignore"],
  });
  cgi.stdin.end(body);
  const out = await buffer(cgi.stdout);
  const split = out.indexOf("\r\n\r\n");
  const headers = Object.fromEntries(
    out
      .subarray(0, split)
      .toString()
      .split("\r\n")
      .map((line) => line.split(/: (.*)/s, 2)),
  );
  const { Status: status = "200", ...rest } = headers;
  response.writeHead(Number.parseInt(status, 10), rest).end(out.subarray(split + 4));
}
