import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintGrant } from "../../lib/grants/mint";
import type { MintInput } from "../../lib/grants/preview";
import { revokeGrant } from "../../lib/grants/revoke";
import { usesOf } from "../../lib/testing/builders";
import { builtCli, type Cli, ended } from "./valet";
import { type Member, member, type SocketWorld, socketWorld } from "./world";

let here: SocketWorld;
let cli: Cli;
beforeAll(async () => {
  here = await socketWorld("github");
  cli = await builtCli(here.url);
});
afterAll(async () => {
  await here.close();
  cli.close();
});

const CONNECTOR = "github-app-installation";
const SITE = "/repos/acme/site/issues";

async function lend({ ctx, bot, connectionId }: Member, more: Partial<MintInput> = {}): Promise<string> {
  const input = { scopes: ["issues:read"], lifetime: "8h" as const, ...more, agentId: bot.agentId, connectionId };
  return (await mintGrant(ctx, input)).grantId;
}

const proof = ({ bot }: Member) => ({ VALET_CLIENT_ID: bot.clientId, VALET_CLIENT_SECRET: bot.clientSecret });
const at = (token: string, path: string) => fetch(here.saas.url + path, { headers: { authorization: `Bearer ${token}` } });

/** A program as its author wrote it: what it found in its environment, and what came of two calls. */
const PROGRAM = `
const { GH_TOKEN, GITHUB_API_URL, VALET_TOKEN, VALET_CLIENT_SECRET, VALET_CLIENT_ID } = process.env;
const call = async (method) => {
  const init = { method, headers: { authorization: "Bearer " + GH_TOKEN }, ...(method === "POST" ? { body: '{"title":"x"}' } : {}) };
  const answer = await fetch(GITHUB_API_URL + ${JSON.stringify(SITE)}, init);
  const { code, fix } = await answer.json();
  return [answer.status, code, fix];
};
const calls = [await call("GET"), await call("POST")];
console.log(JSON.stringify({ GH_TOKEN, GITHUB_API_URL, VALET_TOKEN, VALET_CLIENT_SECRET, VALET_CLIENT_ID, calls }));
`;
const program = (text: string) => {
  const path = join(cli.home, `program-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(path, text);
  return [process.execPath, path];
};

describe("token", () => {
  it("is all that is on stdout, and is GitHub's own where GitHub holds the grant", async () => {
    const ada = await member(here);
    await lend(ada);
    const { code, stdout, stderr } = await cli.run(["token", CONNECTOR], { env: proof(ada) });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringMatching(/^\S+\n$/), stderr: "" });
    expect((await at(stdout.trim(), SITE)).status).toBe(200);
  });

  it("is refused with 4, what is missing, and where to lend it; a doubtful grant and a missing agent are usage", async () => {
    const ada = await member(here);
    const none = await cli.run(["token", CONNECTOR], { env: proof(ada) });
    expect(none).toMatchObject({ code: 4, stdout: "", stderr: expect.stringContaining(`${here.url}/grants/new?agent=${ada.bot.agentId}`) });
    const [first, second] = [await lend(ada), await lend(ada)];
    const two = await cli.run(["token", CONNECTOR], { env: proof(ada) });
    expect(two).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--grant") });
    expect([first, second].every((id) => two.stderr.includes(id))).toBe(true);
    expect(await cli.run(["token", CONNECTOR, "--grant", first], { env: proof(ada) })).toMatchObject({ code: 0 });
    await revokeGrant(ada.ctx, { grantId: first });
    const gone = await cli.run(["token", CONNECTOR, "--json"], { env: { ...proof(ada), VALET_GRANT: first } });
    expect([gone.code, gone.stdout, JSON.parse(gone.stderr)]).toMatchObject([4, "", { error: { reason: "grant_revoked" } }]);
    const beyond = await cli.run(["token", CONNECTOR, "--grant", second, "--scopes", "issues:write"], { env: proof(ada) });
    expect(beyond).toMatchObject({ code: 4, stderr: expect.stringContaining("/grants/new?") });
    expect(await cli.run(["token", CONNECTOR])).toMatchObject({ code: 2, stderr: expect.stringContaining("--agent <name>") });
    const wrong = { ...proof(ada), VALET_CLIENT_SECRET: ada.bot.clientSecret.replace(/.$/, "") };
    expect(await cli.run(["token", CONNECTOR], { env: wrong })).toMatchObject({ code: 4, stdout: "" });
  });

  it("comes as a header for an MCP client, and with its base and end as JSON", async () => {
    const ada = await member(here);
    await lend(ada, { delivery: "gateway" });
    const headers = await cli.run(["mcp-headers", CONNECTOR], { env: proof(ada) });
    expect(JSON.parse(headers.stdout)).toEqual({ Authorization: expect.stringMatching(/^Bearer eyJ/) });
    const { stdout } = await cli.run(["token", CONNECTOR, "--json"], { env: proof(ada) });
    expect(JSON.parse(stdout)).toMatchObject({ api_base: `${here.url}/proxy/${CONNECTOR}`, direct: false, scopes: ["issues:read"] });
  });
});

describe("run", () => {
  it("gives a kept agent's program the SaaS's own token, and a base that is fresh; nothing lasting is in it, and nothing is left", async () => {
    const ada = await member(here);
    await lend(ada);
    const kept = await cli.run(["agents", "keep", ada.bot.clientId, "--name", "triage"], { stdin: ada.bot.clientSecret });
    expect(kept).toMatchObject({ code: 0, stdout: "" });
    const env = { VALET_TOKEN: "vlt_pat_of_a_person", VALET_CLIENT_SECRET: "another" };
    const { code, stdout, stderr } = await cli.run(["run", "--agent", "triage", "--", ...program(PROGRAM)], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const told = JSON.parse(stdout);
    expect(Object.keys(told)).toEqual(["GH_TOKEN", "GITHUB_API_URL", "calls"]);
    expect(told.GITHUB_API_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/api\/github-app-installation$/);
    expect(told.calls.map(([status]: [number]) => status)).toEqual([200, 403]);
    expect((await at(told.GH_TOKEN, SITE)).status).toBe(200);
    await expect(fetch(told.GITHUB_API_URL)).rejects.toThrow();
  });

  it("through the gateway keeps Valet's token out of the environment; what was not lent is refused in Valet's words", async () => {
    const ada = await member(here);
    const grantId = await lend(ada, { delivery: "gateway" });
    const { code, stdout, stderr } = await cli.run(["run", "--", ...program(PROGRAM)], {
      env: { ...proof(ada), VALET_RUN_ID: "nightly-7" },
    });
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("goes through Valet's gateway") });
    const { calls, GH_TOKEN } = JSON.parse(stdout);
    expect(GH_TOKEN).toBe("kept-by-valet-run");
    expect(calls).toEqual([
      [200, null, null],
      [403, "not_allowed", expect.stringContaining("/grants/new?")],
    ]);
    const rows = (await usesOf(here.core, grantId)).filter(({ event }) => event === "gateway.call");
    expect(rows.map(({ decision, runIdClaimed }) => [decision, runIdClaimed])).toEqual([
      ["allowed", "nightly-7"],
      ["refused", "nightly-7"],
    ]);
  });

  it("hears the revoke with the next call, though the program has run all the time", async () => {
    const ada = await member(here);
    const grantId = await lend(ada, { delivery: "gateway" });
    const path = program(`
      const call = async () => (await fetch(process.env.GITHUB_API_URL + ${JSON.stringify(SITE)})).status;
      console.log(await call());
      process.stdin.once("data", async () => { console.log(await call()); process.exit(); });
    `);
    const child = cli.start(["run", "--", ...path], proof(ada));
    const left = ended(child);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    await revokeGrant(ada.ctx, { grantId });
    child.stdin?.end("go\n");
    expect((await left).stdout).toBe("200\n403\n");
  });

  it("is for who has the path: others on this machine, and pages in a browser, are not answered", async () => {
    const ada = await member(here);
    await lend(ada, { delivery: "gateway" });
    const path = program(
      "console.log(process.env.GITHUB_API_URL); process.stdin.resume(); process.stdin.once('end', () => process.exit());",
    );
    const child = cli.start(["run", "--", ...path], proof(ada));
    const base = String(await new Promise((resolve) => child.stdout?.once("data", resolve))).trim();
    const { origin, pathname } = new URL(base);
    const guessed = `${origin}/${"A".repeat(43)}/api/${CONNECTOR}${SITE}`;
    const status = async (url: string, headers = {}) => (await fetch(url, { headers })).status;
    expect([await status(guessed), await status(`${base}${SITE}`, { origin: "https://evil.example" })]).toEqual([404, 404]);
    const { request } = await import("node:http");
    const rebound = await new Promise<number | undefined>((resolve) => {
      const options = { port: new URL(origin).port, host: "127.0.0.1", path: pathname + SITE, headers: { host: "evil.example" } };
      request(options, (answer) => resolve(answer.statusCode)).end();
    });
    expect([rebound, await status(`${base}${SITE}`)]).toEqual([404, 200]);
    child.stdin?.end();
    expect((await ended(child)).code).toBe(0);
  });

  it("passes the program's exit code on, its signals to it, and says what could not be run", async () => {
    const ada = await member(here);
    await lend(ada);
    const env = proof(ada);
    const codes = [
      (await cli.run(["run", "--", "sh", "-c", "exit 42"], { env })).code,
      (await cli.run(["run", "--", "sh", "-c", "kill -KILL $$"], { env })).code,
      (await cli.run(["run", "--", "no-such-program"], { env })).code,
      (await cli.run(["run", "--grant", "grt_none", "--", "true"], { env })).code,
      (await cli.run(["run"], { env })).code,
    ];
    expect(codes).toEqual([42, 137, 127, 4, 2]);
    const waits = ["sh", "-c", `trap 'echo bye; exit 9' TERM; ls ${cli.home}; while :; do sleep 0.1; done`];
    const child = cli.start(["run", "--", ...waits], env);
    const left = ended(child);
    const listed = String(await new Promise((resolve) => child.stdout?.once("data", resolve)));
    const folder = /valet-run-\w+/.exec(listed)?.[0] ?? "";
    expect(statSync(join(cli.home, folder)).mode & 0o777).toBe(0o700);
    child.kill("SIGTERM");
    expect(await left).toMatchObject({ code: 9, stdout: expect.stringMatching(/bye\n$/) });
    expect(existsSync(join(cli.home, folder))).toBe(false);
  });
});

describe("gcp-adc", () => {
  it("says that a grant of the gateway does not do for a program that talks to Google itself, and writes nothing", async () => {
    const ada = await member(here);
    await lend(ada, { delivery: "gateway" });
    const out = join(cli.home, "adc.json");
    const refused = await cli.run(["gcp-adc", "--connector", CONNECTOR, "--out", out], { env: proof(ada) });
    expect(refused).toMatchObject({ code: 4, stdout: "", stderr: expect.stringContaining("--delivery direct") });
    expect(existsSync(out)).toBe(false);
  });

  it("writes its files for the agent's eyes alone, over older ones that were not", async () => {
    const ada = await member(here);
    const grantId = await lend(ada);
    const out = join(cli.home, "adc2.json");
    writeFileSync(out, "old", { mode: 0o644 });
    const { code, stdout, stderr } = await cli.run(["gcp-adc", "--connector", CONNECTOR, "--out", out], { env: proof(ada) });
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: `${out}\n`, stderr: expect.not.stringContaining("vlt_") });
    expect([out, `${out}.grant`].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(readFileSync(`${out}.grant`, "utf8")).toBe(grantId);
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ type: "external_account", client_id: ada.bot.clientId });
  });
});
