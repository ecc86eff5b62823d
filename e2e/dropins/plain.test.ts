import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtCli } from "../../cli/test/valet";
import { documentBlock } from "../../lib/testing/documents";
import type { StrictApi } from "../fakes/strictApi";
import { type AtGitHub, startAtGitHub } from "./github";
import type { DropinValet, Lent } from "./valet";

const ISSUES = "/repos/marie/radium/issues";

let at: AtGitHub;
let saas: StrictApi;
let valet: DropinValet;
let folder: string;
let python: string;
beforeAll(async () => {
  python = findPython();
  folder = mkdtempSync(join(tmpdir(), "valet-plain-"));
  at = await startAtGitHub([
    { method: "GET", path: new RegExp(`^${ISSUES}$`), answer: () => ({ json: [{ number: 1, title: "One" }] }) },
    { method: "POST", path: new RegExp(`^${ISSUES}$`), answer: () => ({ status: 201, json: { number: 2 } }) },
  ]);
  ({ saas, valet } = at);
});
afterAll(async () => {
  await at.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const whole = { PATH: process.env.PATH, HOME: process.env.HOME, ...env } as unknown as NodeJS.ProcessEnv;
  return (await promisify(execFile)(command, args, { env: whole, cwd: folder })).stdout;
}

const agentOf = ({ bot }: Lent) => ({
  VALET_URL: valet.url,
  VALET_CLIENT_ID: bot.clientId,
  VALET_CLIENT_SECRET: bot.clientSecret,
});

/** The first Python that has requests: one's own, or the system's. */
function findPython(): string {
  const found = ["python3", "/usr/bin/python3"].find((path) => {
    try {
      execFileSync(path, ["-c", "import requests"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error("This test needs Python 3 with requests (Debian: apt-get install python3-requests).");
  return found;
}

/** The page's programs, as somebody copies them: `# name.py` in the first line names the file. */
function pythonOfThePage(): string {
  writeFileSync(join(folder, "valet.py"), documentBlock("docs/python.md", "# valet.py"));
  writeFileSync(join(folder, "agent.py"), documentBlock("docs/python.md", "import valet"));
  return "agent.py";
}

it("the Python page runs as it stands: it reads what was lent, and its write is refused with the link that mends it", async () => {
  const lent = await valet.lend(["issues:read"]);
  const before = saas.calls.length;
  const [read, refused, ...rest] = (await run(python, [pythonOfThePage()], agentOf(lent))).trim().split("\n");
  expect([read, rest]).toEqual(["1 One", []]);
  expect(refused).toMatch(/^not_allowed outside_grant http:\/\/\S+\/grants\/new\?/);
  expect(saas.calls.slice(before).map(({ method, credential, foreign }) => [method, credential, foreign])).toEqual([
    ["GET", "right", false],
  ]);
});

it("the Python page keeps a token until thirty seconds before its end, and says why there is none", async () => {
  const lent = await valet.lend(["issues:read"]);
  pythonOfThePage();
  const twice = `
import valet, time
first = valet.lease("github")["access_token"]
kept = valet.lease("github")["access_token"]
ends, lent = valet._kept["github"]
valet._kept["github"] = (time.time() + 29, lent)
print(first == kept, first == valet.lease("github")["access_token"])
try:
    valet.lease("slack")
except valet.Refused as refused:
    print(refused.code)`;
  expect(await run(python, ["-c", twice], agentOf(lent))).toMatch(/^True False\n[a-z_]+\n$/);
});

/** It has its token and GitHub's address from its environment, as programs on a build machine do. */
const UNCHANGED = `
import os, requests
issues = os.environ["GITHUB_API_URL"] + "${ISSUES}"
one = requests.Session()
one.headers["Authorization"] = "Bearer " + os.environ["GITHUB_TOKEN"]
print([issue["title"] for issue in one.get(issues).json()])
refused = one.post(issues, json={"title": "Not lent"})
print(refused.status_code, refused.json()["smallest_grant"]["scopes"], "VALET_CLIENT_SECRET" in os.environ)`;

it("a Python program that knows nothing of Valet is run by the page's one line, and told what it was not lent", async () => {
  const { bot } = await valet.lend(["issues:read"]);
  const cli = await builtCli(valet.url);
  try {
    const bin = join(cli.home, "bin");
    symlinkSync(cli.path, join(bin, "valet"));
    symlinkSync(execFileSync(python, ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim(), join(bin, "python"));
    await cli.run(["agents", "keep", bot.clientId, "--name", "triage"], { stdin: bot.clientSecret });
    writeFileSync(join(folder, "agent.py"), UNCHANGED);
    const line = documentBlock("docs/python.md", "valet run --agent triage");
    const said = await run("sh", ["-c", line], { ...cli.env, PATH: `${bin}:${process.env.PATH}` });
    expect(said.trim().split("\n")).toEqual(["['One']", "403 ['issues:write'] False"]);
  } finally {
    cli.close();
  }
});

it("curl gets a token and reads with it, and its write is a 403 that says what would do", async () => {
  const lent = await valet.lend(["issues:read"]);
  const { VALET_CLIENT_ID: id, VALET_CLIENT_SECRET: secret } = agentOf(lent);
  const form = [
    "grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
    `subject_token=${lent.grantId}`,
    "subject_token_type=urn:valet:params:oauth:token-type:grant",
  ].flatMap((field) => ["-d", field]);
  const given = JSON.parse(await run("curl", ["-sS", `${valet.url}/oauth/token`, "-u", `${id}:${secret}`, ...form]));
  const bearer = ["-H", `Authorization: Bearer ${given.access_token}`];
  expect(JSON.parse(await run("curl", ["-sS", given.api_base + ISSUES, ...bearer]))).toEqual([{ number: 1, title: "One" }]);
  const refused = await run("curl", ["-sS", "-w", "%{http_code}", given.api_base + ISSUES, ...bearer, "-d", '{"title":"Not lent"}']);
  expect([refused.slice(-3), JSON.parse(refused.slice(0, -3))]).toMatchObject([
    "403",
    { code: "not_allowed", smallest_grant: { scopes: ["issues:write"] } },
  ]);
});
