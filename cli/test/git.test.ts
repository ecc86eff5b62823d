import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintGrant } from "../../lib/grants/mint";
import { type GitHost, startGitHost } from "./gitHost";
import { builtCli, type Cli, ended, only } from "./valet";
import { type Member, member, type SocketWorld, socketWorld } from "./world";

const CONNECTOR = "github-app-installation";
let here: SocketWorld;
let cli: Cli;
let git: GitHost;
let ada: Member;
beforeAll(async () => {
  here = await socketWorld("github");
  cli = await builtCli(here.url);
  git = await startGitHost(join(cli.home, "repositories"), here.saas.url);
  ada = await member(here);
});
afterAll(async () => {
  await git.close();
  await here.close();
  cli.close();
});

const lend = async (delivery: "direct" | "gateway") => {
  const input = { agentId: ada.bot.agentId, connectionId: ada.connectionId, scopes: ["issues:read"], lifetime: "8h" as const, delivery };
  return (await mintGrant(ada.ctx, input)).grantId;
};
const proof = () => ({ VALET_CLIENT_ID: ada.bot.clientId, VALET_CLIENT_SECRET: ada.bot.clientSecret });
const helper = (grant: string) =>
  `!'${process.execPath}' '${cli.path}' git-credential --connector ${CONNECTOR} --host ${git.host} --grant ${grant}`;

/** As a person types it, with nothing of this machine's own git in it. */
function clone(grant: string, into: string): ChildProcess {
  const config = ["-c", "credential.helper=", "-c", `credential.http://${git.host}.helper=${helper(grant)}`];
  const env = only({ ...cli.env, ...proof(), GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" });
  return spawn("git", [...config, "clone", "-q", `http://${git.host}/acme/site.git`, into], { env, stdio: "pipe" });
}

describe("git clone", () => {
  it("gets in with GitHub's own token, which the helper fetched for this one host", async () => {
    const into = join(cli.home, "cloned");
    expect(await ended(clone(await lend("direct"), into))).toMatchObject({ code: 0, stdout: "" });
    expect(readFileSync(join(into, "README"), "utf8")).toBe("radium\n");
    expect(git.entered).toEqual(["x-access-token"]);
    expect(readFileSync(join(into, ".git/config"), "utf8")).not.toContain("@");
  });

  it("is told at once that a grant of the gateway does not do, and asks nobody for a password", async () => {
    const into = join(cli.home, "refused");
    const { code, stderr } = await ended(clone(await lend("gateway"), into));
    expect(code).toBe(128);
    expect(stderr).toContain("goes through Valet's gateway");
    expect(stderr).toContain("--delivery direct");
    expect(existsSync(into)).toBe(false);
  });
});

describe("the credential helper", () => {
  const ask = (host: string, more: readonly string[] = [], protocol = "https", action = "get") =>
    cli.run(["git-credential", action, ...more], { env: proof(), stdin: `protocol=${protocol}\nhost=${host}\n\n` });

  it("answers as gitcredentials(7) says, with the token's end", async () => {
    const own = ["--connector", CONNECTOR, "--host", "ghe.example.com", "--grant", await lend("direct")];
    const { code, stdout } = await ask("ghe.example.com", own);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^protocol=https\nhost=ghe\.example\.com\nusername=x-access-token\npassword=\S+\npassword_expiry_utc=\d{10}\n$/,
      ),
    ]);
  });

  it("gives no token to another host than the one it is for, nor in the clear, and keeps nothing", async () => {
    const own = ["--connector", CONNECTOR, "--host", "ghe.example.com"];
    expect(await ask("evil.example", own)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await ask("evil.example")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await ask("ghe.example.com", own, "http")).toMatchObject({ code: 4, stdout: "quit=1\n" });
    expect(await ask("evil.example", ["--connector", CONNECTOR])).toMatchObject({ code: 2, stdout: "" });
    for (const action of ["store", "erase"])
      expect(await ask("github.com", [], "https", action)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});
