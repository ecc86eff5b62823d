import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revokePersonalToken } from "../../lib/people/personalTokens";
import { apiToken } from "../../lib/testing/builders";
import { person } from "../../lib/testing/people";
import { atTerminal, quoted } from "./terminal";
import { builtCli, type Cli, ended } from "./valet";
import { type Member, member, type SocketWorld, socketWorld } from "./world";

let here: SocketWorld;
let cli: Cli;
let ada: Member;
beforeAll(async () => {
  here = await socketWorld("demo");
  cli = await builtCli(here.url);
  ada = await member(here);
});
afterAll(async () => {
  await here.close();
  cli.close();
});

const asAda = (args: readonly string[], env: Record<string, string> = {}) => cli.run(args, { env: { VALET_TOKEN: ada.token, ...env } });
const json = async (args: readonly string[]) => {
  const { code, stdout, stderr } = await asAda([...args, "--json"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
};
const lent = (...more: string[]) => json(["grants", "create", "--agent", ada.bot.agentId, "--connector", "demo", "--yes", ...more]);
const tokenOf = async (personId: string) => (await here.core.db.personalToken.findFirstOrThrow({ where: { personId } })).id;

describe("a person", () => {
  it("logs in with an API token from stdin, which is kept for their eyes alone, and logs out", async () => {
    const home = { XDG_CONFIG_HOME: join(cli.home, "login") };
    const login = await cli.run(["login", "--token-stdin"], { env: home, stdin: `${ada.token}\n` });
    expect(login).toMatchObject({ code: 0, stdout: expect.stringContaining("Ada Lovelace") });
    const folder = join(cli.home, "login/valet");
    const [file = ""] = readdirSync(folder);
    const modes = [folder, join(folder, file)].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect([file, ...modes]).toEqual([`${encodeURIComponent(new URL(here.url).host)}.json`, "700", "600"]);
    // The only Valet that was logged in to needs no name.
    const me = await cli.run(["whoami", "--json"], { env: { ...home, VALET_URL: "" } });
    expect(JSON.parse(me.stdout)).toMatchObject({ kind: "person", url: here.url, email: ada.ctx.actor.email });
    expect(login.stdout + login.stderr + me.stdout + me.stderr).not.toContain("vlt_");
    const out = await cli.run(["logout"], { env: home });
    expect(out).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("still works until it ends") });
    expect(readdirSync(folder)).toEqual([]);
    expect(await cli.run(["whoami"], { env: home })).toMatchObject({ code: 3, stderr: expect.stringContaining("valet login") });
  });

  it("is not logged in by a token that opens nothing, nor by something else on stdin", async () => {
    const home = { XDG_CONFIG_HOME: join(cli.home, "refused") };
    const other = await person(here.core);
    const token = await apiToken(other);
    await revokePersonalToken(other, { tokenId: await tokenOf(other.actor.personId) });
    const ended = await cli.run(["login", "--token-stdin"], { env: home, stdin: token });
    expect(ended).toMatchObject({ code: 4, stdout: "" });
    expect(await cli.run(["login", "--token-stdin"], { env: home, stdin: "hunter2" })).toMatchObject({ code: 2, stdout: "" });
    expect(existsSync(join(cli.home, "refused/valet"))).toBe(false);
  });

  it("is not helped by a file that others can read", async () => {
    const home = { XDG_CONFIG_HOME: join(cli.home, "open") };
    await cli.run(["login", "--token-stdin"], { env: home, stdin: ada.token });
    const [path = ""] = readdirSync(join(cli.home, "open/valet")).map((name) => join(cli.home, "open/valet", name));
    execFileSync("chmod", ["644", path]);
    expect(await cli.run(["whoami"], { env: home })).toMatchObject({ code: 1, stderr: expect.stringContaining(`chmod 600 ${path}`) });
  });

  it("is told where to connect an account, and what can be connected", async () => {
    const page = `${here.url}/connections/new?connector=demo`;
    expect(await asAda(["connect", "demo"])).toMatchObject({ code: 0, stdout: `${page}\n` });
    expect(await asAda(["connect", "friendster"])).toMatchObject({ code: 2, stderr: expect.stringContaining("Switched on here: demo") });
    expect(await asAda(["connect", "github"])).toMatchObject({ code: 1, stderr: expect.stringContaining("not switched on") });
  });

  it("makes an agent, whose secret is printed once, and pauses and resumes it by name", async () => {
    const made = await asAda(["agents", "create", "Counter", "--purpose", "Counts issues"]);
    expect(made.stdout).toMatch(/^VALET_CLIENT_ID=agt_\w+\nVALET_CLIENT_SECRET=vlt_agt_\w+\n$/);
    expect(made.stderr).not.toContain("vlt_");
    expect(await asAda(["agents", "pause", "counter"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/ Counter paused\n$/) });
    const listed = await json(["agents", "list"]);
    expect(listed.find(({ name }: { name: string }) => name === "Counter")).toMatchObject({ status: "paused", purpose: "Counts issues" });
    expect(await json(["agents", "resume", "Counter"])).toMatchObject({ status: "active" });
    expect(await asAda(["agents", "pause", "nobody"])).toMatchObject({ code: 1, stdout: "" });
  });

  it("lends, sees what was lent, narrows it and takes it back", async () => {
    const grant = await lent("--scopes", "issues:read,files:read", "--ttl", "90m", "--calls-per-hour", "100");
    expect(grant).toMatchObject({
      state: "live",
      bounds: { calls_per_hour: 100 },
      agent_id: ada.bot.agentId,
      self_test: { outcome: "proven" },
    });
    expect(Date.parse(grant.expires_at) - here.core.clock.now().getTime()).toBe(90 * 60_000);
    expect((await asAda(["grants", "list"])).stdout).toContain(grant.id);
    expect((await asAda(["grants", "show", grant.id])).stdout).toContain("At most 100 calls in an hour");
    const narrowed = await json(["grants", "narrow", grant.id, "--scopes", "issues:read"]);
    expect(narrowed.scopes).toEqual(["issues:read"]);
    expect(await json(["grants", "narrow", grant.id, "--writes-per-run", "0"])).toMatchObject({ scopes: ["issues:read"] });
    expect(await json(["grants", "show", grant.id])).toMatchObject({ bounds: { calls_per_hour: 100, writes_per_run: 0 } });
    expect(await asAda(["grants", "narrow", grant.id, "--scopes", "issues:write"])).toMatchObject({ code: 4, stdout: "" });
    expect(await asAda(["grants", "revoke", grant.id])).toMatchObject({ code: 0, stdout: `${grant.id} revoked\n` });
    expect(await json(["grants", "list"])).toEqual([]);
    expect((await json(["grants", "list", "--all", "--agent", "triage bot"])).map(({ id }: { id: string }) => id)).toContain(grant.id);
  });

  it("lends everything that reads and nothing that writes with --read-only", async () => {
    const grant = await lent("--read-only");
    expect([...grant.scopes].sort()).toEqual(["files:read", "issues:read", "profile:read"]);
    await asAda(["grants", "revoke", grant.id]);
  });

  it("says yes at a terminal, or nothing is lent; where nobody can be asked it ends with 3", async () => {
    const args = ["grants", "create", "--agent", ada.bot.agentId, "--connector", "demo", "--scopes", "issues:read"];
    const alone = await asAda(args);
    expect(alone).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("--yes") });
    expect(alone.stderr).toContain("Read issues (issues:read)");
    for (const [answer, code] of [
      ["n", 1],
      ["", 1],
      ["y", 0],
    ] as const) {
      const { screen, code: left } = await atTerminal(quoted(process.execPath, cli.path, ...args), { ...cli.env, VALET_TOKEN: ada.token }, [
        ["Lend this?", `${answer}\r`],
      ]);
      expect({ answer, left, screen }).toMatchObject({
        left: code,
        screen: expect.stringContaining(code === 0 ? "grt_" : "Nothing was lent."),
      });
    }
    const live = await json(["grants", "list"]);
    expect(live).toHaveLength(1);
    await asAda(["grants", "revoke", live[0].id]);
  });

  it("is refused in the words of Valet, with the exit code that tells what kind of no it was", async () => {
    const create = (...more: string[]) => asAda(["grants", "create", "--agent", ada.bot.agentId, "--yes", ...more]);
    const usage = [
      await create("--connector", "demo"),
      await create("--read-only"),
      await create("--connector", "demo", "--read-only", "--ttl", "soon"),
      await create("--connector", "demo", "--read-only", "--resource", "nothing"),
      await asAda(["grants", "frobnicate"]),
      await asAda(["grants", "show"]),
    ];
    expect(usage.map(({ code, stdout }) => [code, stdout])).toEqual(usage.map(() => [2, ""]));
    const beyond = await asAda([
      "grants",
      "create",
      "--agent",
      ada.bot.agentId,
      "--connector",
      "demo",
      "--yes",
      "--scopes",
      "moon:read",
      "--json",
    ]);
    expect(beyond).toMatchObject({ code: 4, stdout: "" });
    expect(JSON.parse(beyond.stderr)).toMatchObject({
      error: { code: "invalid_scope", message: expect.any(String), requestId: expect.any(String) },
    });
    const unconnected = await create("--connector", "github", "--read-only");
    expect(unconnected).toMatchObject({ code: 3, stderr: expect.stringContaining(`${here.url}/connections/new?connector=github`) });
    expect(await asAda(["grants", "show", "grt_none"])).toMatchObject({ code: 1, stderr: expect.stringContaining("no such grant") });
  });

  it("reads activity, oldest first, by who acted, and follows it as it comes", async () => {
    const rows = await json(["activity", "--actor", "person", "--limit", "200"]);
    expect(rows.map(({ at }: { at: string }) => at)).toEqual(rows.map(({ at }: { at: string }) => at).sort());
    expect(new Set(rows.map(({ acting }: { acting: string }) => acting))).toEqual(new Set(["person"]));
    const following = cli.start(["activity", "--follow", "--limit", "1", "--interval", "1", "--json"], { VALET_TOKEN: ada.token });
    const seen: string[] = [];
    following.stdout?.on("data", (chunk) => seen.push(...String(chunk).trim().split("\n")));
    const until = async (count: number) => {
      while (seen.length < count) await new Promise((resolve) => following.stdout?.once("data", resolve));
    };
    await until(1);
    here.core.clock.advance({ minutes: 1 });
    await asAda(["agents", "create", "Followed"]);
    await until(2);
    following.kill();
    await ended(following);
    expect(seen.map((line) => JSON.parse(line).target)).toEqual([expect.any(String), "Followed"]);
  });

  it("is asked for a Valet that is none, or is over plain http, in so many words", async () => {
    const at = (url: string) => cli.run(["whoami", "--url", url], { env: { VALET_TOKEN: ada.token } });
    expect(await at("http://valet.example")).toMatchObject({ code: 2, stderr: expect.stringContaining("has to be https") });
    expect(await at("http://127.0.0.1:9")).toMatchObject({ code: 1, stderr: expect.stringContaining("could not be reached") });
    const file = join(cli.home, "broken/valet/127.0.0.1%3A9.json");
    execFileSync("mkdir", ["-p", join(cli.home, "broken/valet")]);
    writeFileSync(file, "{", { mode: 0o600 });
    const broken = await cli.run(["whoami", "--url", "http://127.0.0.1:9"], { env: { XDG_CONFIG_HOME: join(cli.home, "broken") } });
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining("log in again") });
    expect(readFileSync(file, "utf8")).toBe("{");
  });
});
