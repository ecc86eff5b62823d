import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCli } from "@/cli/build.mjs";
import { type Ended, ended, only } from "@/cli/test/valet";
import { type SocketWorld, socketWorld } from "@/cli/test/world";
import { decideTerminal } from "@/lib/people/decideTerminal";
import { apiToken } from "@/lib/testing/builders";
import { type Band, band } from "@/lib/testing/chains";
import { documentBlock } from "@/lib/testing/documents";
import { SNIPPETS, type SnippetId } from "./snippets";

const METRICS_TOKEN = "what-prometheus-shows-us";

let here: SocketWorld;
let lent: Band;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  here = await socketWorld("demo");
  Object.assign(here.core.settings, { metricsToken: METRICS_TOKEN });
  lent = await band(here, 2, { scopes: ["issues:read"], delivery: "gateway" });
  folder = mkdtempSync(join(tmpdir(), "valet-docs-"));
  buildClient(join(folder, "node_modules/@valet/client"));
  await buildCommand(join(folder, "bin/valet"));
  const [first, second] = lent.agents;
  env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    PYENV_ROOT: process.env.PYENV_ROOT ?? "",
    VALET_URL: here.url,
    VALET_CLIENT_ID: first?.clientId ?? "",
    VALET_CLIENT_SECRET: first?.clientSecret ?? "",
    GRANT_ID: lent.grantId,
    SECOND_ID: second?.clientId ?? "",
    SECOND_SECRET: second?.clientSecret ?? "",
    VALET_TOKEN: await apiToken(lent.owner),
    VALET_METRICS_TOKEN: METRICS_TOKEN,
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await here.close();
});

/** What shows that each did what the page says. One that is not here does not compile. */
const SHOWS: Record<SnippetId, (stdout: string) => void> = {
  variables: (out) => expect(out).toBe(""),
  access: (out) => expect(JSON.parse(out).access).toMatchObject([{ grant_id: lent.grantId, state: "live" }]),
  exchange: (out) => expect(JSON.parse(out)).toMatchObject({ scope: "issues:read", api_base: `${here.url}/proxy/demo` }),
  byConnector: (out) => expect(JSON.parse(out)).toMatchObject({ scope: "issues:read", pattern: "delegated" }),
  call: readsIssues,
  refused: (out) =>
    expect(JSON.parse(out)).toMatchObject({
      type: `${here.url}/docs/errors#not_allowed`,
      status: 403,
      smallest_grant: { scopes: expect.arrayContaining(["issues:write"]) },
    }),
  typescript: readsIssues,
  python: readsIssues,
  command: readsIssues,
  giveBack: (out) => expect(out).toBe("200\n"),
  handOn: (out) => expect(JSON.parse(out)).toMatchObject({ scope: "issues:read", access_token: expect.any(String) }),
  terminal: (out) => expect(JSON.parse(out)).toMatchObject({ verification_uri: `${here.url}/device`, user_code: expect.any(String) }),
  grantsOfPerson: (out) => expect(out).toContain(lent.grantId),
  ready: (out) => expect(JSON.parse(out)).toEqual({ status: "ready" }),
  metrics: (out) => expect(out).toContain("valet_"),
};

function readsIssues(stdout: string): void {
  expect(stdout).toMatch(/title/);
  expect(here.saas.calls.at(-1)).toMatchObject({ method: "GET", path: "/api/issues", status: 200 });
}

describe("a snippet of the documentation, run as it is shown", () => {
  for (const id of Object.keys(SNIPPETS) as SnippetId[]) {
    it(`"${SNIPPETS[id].title}" does what it says`, async () => {
      const before = here.saas.calls.length;
      const { code, stdout, stderr } = await run(id);
      // The command talks on stderr; what it says has a test of its own.
      expect({ code, stderr: id === "command" ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      SHOWS[id](stdout);
      if (SHOWS[id] === readsIssues) expect(here.saas.calls.length).toBeGreaterThan(before);
    });
  }

  it("holds no secret, only names of variables", () => {
    for (const { code } of Object.values(SNIPPETS)) expect(code(here.url)).not.toMatch(/vlt_|eyJ/);
  });
});

describe("the README's commands for agents, run as they are shown", () => {
  it("fetch access", async () => {
    const block = atThis(documentBlock("README.md", 'curl -s https://valet.example.com/oauth/token -u "$CLIENT_ID'));
    const [id, secret] = [env.VALET_CLIENT_ID ?? "", env.VALET_CLIENT_SECRET ?? ""];
    const answer = JSON.parse((await sh(block, { CLIENT_ID: id, CLIENT_SECRET: secret })).stdout);
    expect(answer).toMatchObject({ narrowed_by: expect.any(String), api_base: `${here.url}/proxy/demo` });
  });

  it("hand work on, and take it", async () => {
    const first = atThis(documentBlock("README.md", 'curl -s https://valet.example.com/oauth/token -u "$ON_CALL_ID'));
    const second = atThis(documentBlock("README.md", 'curl -s https://valet.example.com/oauth/token -u "$INVESTIGATOR_ID'));
    const names = {
      ON_CALL_ID: env.VALET_CLIENT_ID ?? "",
      ON_CALL_SECRET: env.VALET_CLIENT_SECRET ?? "",
      INVESTIGATOR_ID: env.SECOND_ID ?? "",
      INVESTIGATOR_SECRET: env.SECOND_SECRET ?? "",
    };
    const made = JSON.parse((await sh(first, names)).stdout).access_token;
    const taken = JSON.parse((await sh(second, { ...names, TOKEN_OF_ON_CALL: made })).stdout);
    expect(taken).toMatchObject({ scope: "issues:read", authorization_details: [expect.objectContaining({ calls: 20 })] });
  });

  it("sign in at a terminal: ask, and fetch once the person has said yes", async () => {
    const [ask = "", fetch = ""] = atThis(documentBlock("README.md", "curl -s https://valet.example.com/oauth/device_authorization")).split(
      /\n(?=curl)/,
    );
    const asked = JSON.parse((await sh(ask)).stdout);
    const code = { DEVICE_CODE: asked.device_code };
    expect(JSON.parse((await sh(fetch, code)).stdout)).toMatchObject({ error: "authorization_pending" });
    await decideTerminal(lent.owner, { userCode: asked.user_code, address: "192.0.2.1", decision: "allow" });
    here.core.clock.advance({ seconds: asked.interval });
    expect(JSON.parse((await sh(fetch, code)).stdout)).toMatchObject({ access_token: expect.any(String), scope: "valet:read" });
  });
});

const atThis = (block: string) => block.replaceAll("https://valet.example.com", here.url);

function sh(code: string, more: Record<string, string> = {}): Promise<Ended> {
  const child = spawn("sh", ["-c", code], { cwd: folder, env: only({ ...env, ...more }), stdio: "pipe" });
  child.stdin.end();
  return ended(child);
}

function run(id: SnippetId): Promise<Ended> {
  const { language } = SNIPPETS[id];
  const code = SNIPPETS[id].code(here.url);
  if (language === "sh") return sh(code);
  if (language === "python") return sh(`python3 ${written("snippet.py", code)}`);
  return sh(`node ${compiled(code)}`);
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Type-checked as strictly as we check ourselves, then without its types. */
function compiled(code: string): string {
  written("package.json", '{ "type": "module" }');
  const types = ["--types", "node", "--typeRoots", resolve("node_modules/@types")];
  const options = ["--ignoreConfig", "--strict", "--module", "nodenext", "--target", "es2022", ...types, "--outDir", join(folder, "out")];
  execFileSync(resolve("node_modules/.bin/tsc"), [written("snippet.ts", code), ...options]);
  return join(folder, "out/snippet.js");
}

/** The package as `npm install` would leave it. */
function buildClient(to: string): void {
  mkdirSync(to, { recursive: true });
  cpSync("client/package.json", join(to, "package.json"));
  execFileSync(resolve("node_modules/.bin/tsc"), ["-p", "client", "--outDir", join(to, "dist")]);
}

async function buildCommand(to: string): Promise<void> {
  const bundle = await buildCli(`${to}.mjs`);
  writeFileSync(to, `#!/bin/sh\nexec "${process.execPath}" "${bundle}" "$@"\n`);
  chmodSync(to, 0o755);
}
