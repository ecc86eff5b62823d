import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintGrant } from "../../lib/grants/mint";
import { documentBlock } from "../../lib/testing/documents";
import { makeRepository, serveGit } from "./gitHost";
import { builtCli, type Cli, ended, only } from "./valet";
import { type Member, member, type SocketWorld, socketWorld } from "./world";

let here: SocketWorld;
let cli: Cli;
let github: Github;
let ada: Member;
beforeAll(async () => {
  here = await socketWorld("github");
  cli = await builtCli(here.url);
  symlinkSync(cli.path, join(dirname(cli.path), "valet"));
  github = await startGithub(join(cli.home, "github"), here.saas.url);
  ada = await member(here);
});
afterAll(async () => {
  await github.close();
  await here.close();
  cli.close();
});

const lend = async (delivery: "direct" | "gateway") => {
  const input = { agentId: ada.bot.agentId, connectionId: ada.connectionId, scopes: ["issues:read"], lifetime: "8h" as const, delivery };
  return (await mintGrant(ada.ctx, input)).grantId;
};

/** A developer's machine: `valet` on its path, an agent in its environment, and a GitHub behind a proxy. */
const machine = (grantId: string) => ({
  ...cli.env,
  ...github.env,
  ...{ PATH: `${dirname(cli.path)}${delimiter}${process.env.PATH}`, VALET_GRANT: grantId },
  ...{ VALET_CLIENT_ID: ada.bot.clientId, VALET_CLIENT_SECRET: ada.bot.clientSecret },
  ...{ GH_CONFIG_DIR: join(cli.home, "gh"), GH_NO_UPDATE_NOTIFIER: "1", GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" },
});

function run(line: readonly string[], grantId: string) {
  const [command = "", ...args] = line;
  return ended(spawn(command, args, { env: only(machine(grantId)), stdio: ["ignore", "pipe", "pipe"] }));
}

const ISSUES = "repos/acme/site/issues";

/** What gh does with its environment, for machines that have no gh. */
const LIKE_GH = `
import { readFileSync } from "node:fs";
import { connect as dial } from "node:net";
import { connect } from "node:tls";
const [, path, , method = "GET"] = process.argv.slice(2);
const { hostname, port } = new URL(process.env.HTTPS_PROXY);
const tunnel = dial(port, hostname, () => tunnel.write("CONNECT api.github.com:443 HTTP/1.1\\r\\nHost: api.github.com:443\\r\\n\\r\\n"));
tunnel.once("data", () => {
  const tls = connect({ socket: tunnel, servername: "api.github.com", ca: readFileSync(process.env.SSL_CERT_FILE) });
  const lines = [method + " /" + path + " HTTP/1.1", "Host: api.github.com", "Authorization: token " + process.env.GH_TOKEN, "Content-Length: 0"];
  tls.write(lines.join("\\r\\n") + "\\r\\nConnection: close\\r\\n\\r\\n");
  let text = "";
  tls.on("data", (chunk) => (text += chunk));
  tls.on("end", () => {
    const status = text.split(" ")[1];
    if (status === "200") process.stdout.write(text.slice(text.indexOf("\\r\\n\\r\\n") + 4));
    else console.error("HTTP " + status);
    process.exit(status === "200" ? 0 : 1);
  });
});`;

function ghTools(): [string, () => string[]][] {
  const like: [string, () => string[]] = [
    "a program like gh",
    () => {
      const path = join(cli.home, "like-gh.mjs");
      writeFileSync(path, LIKE_GH);
      return [process.execPath, path];
    },
  ];
  const hasGh = (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, "gh")));
  return hasGh ? [like, ["gh", () => ["gh"]]] : [like];
}

describe.each(ghTools())("%s under valet run", (_name, tool) => {
  it("talks to GitHub itself by what was lent; what was not lent, GitHub itself refuses", async () => {
    const grantId = await lend("direct");
    const read = await run(["valet", "run", "--", ...tool(), "api", ISSUES], grantId);
    expect(read).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(read.stdout)).toEqual(expect.any(Array));
    const write = await run(["valet", "run", "--", ...tool(), "api", ISSUES, "--method", "POST"], grantId);
    expect(write).toMatchObject({ code: 1, stderr: expect.stringContaining("HTTP 403") });
  });

  it("has no token that GitHub would see where the grant goes through the gateway", async () => {
    const before = github.seen.length;
    const { code, stderr } = await run(["valet", "run", "--", ...tool(), "api", ISSUES], await lend("gateway"));
    expect([code, stderr]).toEqual([1, expect.stringContaining("goes through Valet's gateway")]);
    expect(github.seen.slice(before).map(({ authorization }) => authorization)).toEqual(["token kept-by-valet-run"]);
  });
});

it.each(ghTools().filter(([name]) => name === "gh"))("%s tells the ids that a trust rule for GitHub Actions needs", async () => {
  const line = documentBlock("docs/workloads.md", "gh api repos/OWNER/NAME").replace("OWNER/NAME", "acme/site");
  const { stdout } = await ended(spawn("sh", ["-c", line], { env: only({ ...machine(""), GH_TOKEN: "gho_of_an_admin" }), stdio: "pipe" }));
  expect(stdout).toBe("repository_id = 74\nrepository_owner_id = 65\n");
});

it("git clones from github.com with nothing but the helper's one line of configuration", async () => {
  const grantId = await lend("direct");
  const into = join(cli.home, "cloned");
  execFileSync("sh", ["-c", documentBlock("cli/README.md", "git config --global")], { env: only(machine(grantId)) });
  const cloned = await run(["git", "clone", "-q", "https://github.com/acme/site.git", into], grantId);
  expect(cloned).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(readFileSync(join(into, "README"), "utf8")).toBe("radium\n");
  expect(readFileSync(join(into, ".git/config"), "utf8")).not.toContain("@");
});

interface Github {
  /** A proxy that leads to it, and the authority that signed its certificate. */
  readonly env: Readonly<Record<string, string>>;
  /** Calls of its API. */
  readonly seen: { readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** github.com and api.github.com by their own names, over TLS: a git host, and the strict SaaS. */
async function startGithub(root: string, saas: string): Promise<Github> {
  makeRepository(root);
  const [key, cert] = [join(root, "key.pem"), join(root, "cert.pem")];
  const names = "subjectAltName=DNS:github.com,DNS:api.github.com";
  const asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", [...asked, "-subj", "/CN=github.com", "-addext", names, "-keyout", key, "-out", cert], { stdio: "pipe" });
  const seen: Github["seen"] = [];
  const entered = new Set<string>();
  const site = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, response) => {
    if (incoming.url === "/repos/acme/site") response.end(JSON.stringify({ id: 74, owner: { id: 65 } }));
    else if (incoming.headers.host === "github.com") void serveGit(root, saas, entered, incoming, response).catch(() => response.destroy());
    else {
      seen.push({ authorization: incoming.headers.authorization });
      pass(saas, incoming, response);
    }
  });
  site.listen(0, "127.0.0.1");
  const sockets = new Set<Socket>();
  const proxy = createServer((_request, response) => void response.writeHead(403).end());
  proxy.on("connect", ({ url }: IncomingMessage, socket: Socket) => {
    if (!/^(api\.)?github\.com:443$/.test(url ?? "")) return void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const through = connect((site.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    for (const one of [socket, through]) sockets.add(one.on("error", () => one.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    env: { HTTPS_PROXY: address, https_proxy: address, SSL_CERT_FILE: cert, GIT_SSL_CAINFO: cert },
    seen,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([site, proxy].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** GitHub takes `token` where others take `Bearer`. */
function pass(saas: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { host: _host, authorization = "", ...rest } = incoming.headers;
  const headers = { ...rest, authorization: authorization.replace(/^token /, "Bearer ") };
  const onward = request(saas + incoming.url, { method: incoming.method ?? "GET", headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  incoming.pipe(onward);
}
