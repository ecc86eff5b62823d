import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, only } from "@/cli/test/valet";
import { type SocketWorld, socketWorld } from "@/cli/test/world";
import { viewGrants } from "@/lib/grants/list";
import { type Lent, lend } from "@/lib/testing/builders";
import { agentSnippets, grantSnippets } from "./snippets";

let here: SocketWorld;
let lent: Lent;
let folder: string;
beforeAll(async () => {
  here = await socketWorld("demo");
  lent = await lend(here, { scopes: ["issues:read"], delivery: "gateway" });
  folder = mkdtempSync(join(tmpdir(), "valet-snippets-"));
  buildClient(join(folder, "node_modules/@valet/client"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await here.close();
});

/** How somebody would run each, and what of the answer proves that it did its work. */
const RUN: Record<string, (code: string) => readonly [command: string, args: string[]]> = {
  curl: (code) => ["sh", ["-c", code]],
  TypeScript: (code) => ["node", [compiled(code)]],
  Python: (code) => ["python3", [written("snippet.py", code)]],
};

describe("a snippet, run as it is shown, with the secret in its variable", () => {
  for (const name of Object.keys(RUN)) {
    it(`in ${name} reads what the grant opens at the SaaS`, async () => {
      const [grant] = await viewGrants(here.core, { id: lent.grantId });
      const before = here.saas.calls.length;
      const { code, stdout, stderr } = await run(name, grantSnippets(grant as never, here.url));
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/title/);
      expect(here.saas.calls.length).toBeGreaterThan(before);
      expect(here.saas.calls.at(-1)).toMatchObject({ method: "GET", path: "/api/issues", status: 200 });
    });

    it(`in ${name} says what the agent may do, before anything is chosen`, async () => {
      const { code, stdout } = await run(name, agentSnippets(lent.bot.clientId, here.url));
      expect(code).toBe(0);
      expect(stdout).toContain(lent.grantId);
    });
  }

  it("holds no secret, and has a variable for it", async () => {
    const [grant] = await viewGrants(here.core, { id: lent.grantId });
    for (const { name, code } of [...grantSnippets(grant as never, here.url), ...agentSnippets(lent.bot.clientId, here.url)]) {
      expect(code, name).not.toMatch(/vlt_/);
      expect(code, name).toContain("VALET_CLIENT_SECRET");
      expect(code, name).toContain(lent.bot.clientId);
    }
  });

  it("for git is there only where the SaaS itself makes the token", () => {
    const grant = { id: "grt_1", agentId: "agt_1", connector: "github-app", scopes: [], apiBase: "https://api.github.com" } as const;
    const names = (delivery: "direct" | "gateway") => grantSnippets({ ...grant, delivery }, here.url).map(({ name }) => name);
    expect(names("direct")).toContain("git");
    expect(names("gateway")).not.toContain("git");
  });
});

async function run(name: string, list: readonly { readonly name: string; readonly code: string }[]) {
  const code = list.find((one) => one.name === name)?.code ?? "";
  const [command, args] = RUN[name]?.(code) ?? ["false", []];
  const env = { PATH: process.env.PATH, HOME: folder, PYENV_ROOT: process.env.PYENV_ROOT, VALET_CLIENT_SECRET: lent.bot.clientSecret };
  const child = spawn(command, args, { cwd: folder, env: only(env), stdio: "pipe" });
  child.stdin.end();
  return ended(child);
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Type-checked as strictly as we check ourselves, then without its types. */
function compiled(code: string): string {
  written("package.json", '{ "type": "module" }');
  const options = [
    "--ignoreConfig",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--types",
    "node",
    "--typeRoots",
    resolve("node_modules/@types"),
  ];
  execFileSync(resolve("node_modules/.bin/tsc"), [written("snippet.ts", code), ...options, "--outDir", join(folder, "out")]);
  return join(folder, "out/snippet.js");
}

/** The package as `npm install` would leave it. */
function buildClient(to: string): void {
  mkdirSync(to, { recursive: true });
  cpSync("client/package.json", join(to, "package.json"));
  execFileSync(resolve("node_modules/.bin/tsc"), ["-p", "client", "--outDir", join(to, "dist")]);
}
