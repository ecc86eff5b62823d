import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { documentBlock } from "../../lib/testing/documents";
import type { StrictApi } from "../fakes/strictApi";
import { type AtGitHub, startAtGitHub } from "./github";
import type { DropinValet } from "./valet";

const ROOT = join(import.meta.dirname, "../..");

let at: AtGitHub;
let saas: StrictApi;
let valet: DropinValet;
let folder: string;
beforeAll(async () => {
  at = await startAtGitHub([{ method: "GET", path: /^\/user\/repos$/, answer: () => ({ json: [{ name: "radium" }] }) }]);
  ({ saas, valet } = at);
  folder = installed();
});
afterAll(async () => {
  await at.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A project of somebody's with both packages in it, as npm leaves them. */
function installed(): string {
  const project = mkdtempSync(join(tmpdir(), "valet-project-"));
  const to = join(project, "node_modules/@valet/client");
  mkdirSync(to, { recursive: true });
  cpSync(join(ROOT, "client/package.json"), join(to, "package.json"));
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(ROOT, "client"), "--outDir", join(to, "dist")]);
  for (const name of ["@octokit", "@types"]) symlinkSync(join(ROOT, "node_modules", name), join(project, "node_modules", name));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  return project;
}

it("the README's program compiles in a project of one's own, reads by itself and by Octokit", async () => {
  const { bot } = await valet.lend(["repo:read"]);
  const program = [
    'import { Octokit } from "@octokit/rest";',
    documentBlock("client/README.md", 'import { Valet } from "@valet/client";'),
    documentBlock("client/README.md", "const { accessToken, apiBase }"),
    "const { data } = await octokit.rest.repos.listForAuthenticatedUser();",
    "console.log(JSON.stringify([await answer.json(), data.map(({ name }) => ({ name }))]));",
  ];
  writeFileSync(join(folder, "agent.ts"), program.join("\n"));
  const strictly = ["--ignoreConfig", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--types", "node"];
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), [...strictly, "agent.ts"], { cwd: folder, stdio: "pipe" });
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, VALET_URL: valet.url },
    ...{ VALET_CLIENT_ID: bot.clientId, VALET_CLIENT_SECRET: bot.clientSecret },
  } as unknown as NodeJS.ProcessEnv;
  const before = saas.calls.length;
  const { stdout } = await promisify(execFile)(process.execPath, ["agent.js"], { env, cwd: folder });
  expect(JSON.parse(stdout)).toEqual([[{ name: "radium" }], [{ name: "radium" }]]);
  expect(saas.calls.slice(before).map(({ path, credential, foreign }) => [path, credential, foreign])).toEqual(
    Array(2).fill(["/user/repos", "right", false]),
  );
});
