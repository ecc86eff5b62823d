import { execFileSync } from "node:child_process";
import { cpSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintGrant } from "../../lib/grants/mint";
import { builtCli, type Cli, only } from "./valet";
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

const agentEnv = () => ({ VALET_CLIENT_ID: ada.bot.clientId, VALET_CLIENT_SECRET: ada.bot.clientSecret });
const both = () => ({ ...agentEnv(), VALET_TOKEN: ada.token });

describe("doctor", () => {
  it("finds fault where there is one, and says what to do", async () => {
    const nobody = await cli.run(["doctor"]);
    expect(nobody).toMatchObject({ code: 1, stdout: expect.stringContaining("valet login") });
    const unlent = await cli.run(["doctor", "--json"], { env: both() });
    expect(unlent.code).toBe(1);
    expect(JSON.parse(unlent.stdout)).toMatchObject([
      { name: "address", ok: true },
      { name: "clock", ok: true },
      { name: "person", ok: true, says: expect.stringContaining("0 grants are lent") },
      { name: "agent", ok: false, fix: expect.stringContaining(`/grants/new?agent=${ada.bot.agentId}`) },
    ]);
    expect(await cli.run(["doctor", "--url", "http://127.0.0.1:9"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("Nothing answers"),
    });
  });

  it("finds none where there is none, and says what is lent", async () => {
    await mintGrant(ada.ctx, { agentId: ada.bot.agentId, connectionId: ada.connectionId, scopes: ["issues:read"], lifetime: "8h" });
    const { code, stdout } = await cli.run(["doctor"], { env: both() });
    expect(code).toBe(0);
    expect(stdout.split("\n").filter((line) => line.startsWith("no "))).toEqual([]);
    expect(stdout).toContain("1 grant is lent");
    expect(stdout).toContain("It was lent demo (ada)");
    expect(stdout).not.toContain("vlt_");
  });

  it("compares the clocks, and the name the Valet goes by", async () => {
    let issuer = "";
    const skewed = createServer((_request, response) => {
      response.setHeader("date", new Date(Date.now() - 5 * 60_000).toUTCString());
      response.end(JSON.stringify({ issuer }));
    });
    await new Promise<void>((resolve) => skewed.listen(0, "127.0.0.1", resolve));
    issuer = `http://127.0.0.1:${(skewed.address() as AddressInfo).port}`;
    const clock = JSON.parse((await cli.run(["doctor", "--json", "--url", issuer])).stdout)[1];
    expect(clock).toMatchObject({ name: "clock", ok: false, says: expect.stringMatching(/(29|30)\d s ahead of Valet's/) });
    const url = issuer;
    issuer = "https://valet.example.com";
    const named = await cli.run(["doctor", "--url", url]);
    skewed.close();
    expect(named).toMatchObject({ code: 1, stdout: expect.stringContaining("VALET_URL=https://valet.example.com") });
  });
});

describe("completion", () => {
  it("knows every command and its options, in bash", async () => {
    const { stdout } = await cli.run(["completion", "bash"]);
    const complete = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(" ");
      const script = `${stdout}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _valet; echo "\${COMPREPLY[*]}"`;
      return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim();
    };
    expect(complete("valet", "gr")).toBe("grants");
    expect(complete("valet", "grants", "c")).toBe("create");
    expect(complete("valet", "grants", "create", "--re")).toBe(
      "--read-only --repo --resource"
        .split(" ")
        .sort((a, b) => stdout.indexOf(a) - stdout.indexOf(b))
        .join(" "),
    );
    expect(complete("valet", "completion", "z")).toBe("zsh");
  });

  it("is there for zsh and fish, and for no other shell", async () => {
    expect((await cli.run(["completion", "zsh"])).stdout).toContain("compdef _valet valet");
    expect((await cli.run(["completion", "fish"])).stdout).toContain("'__valet_at \"grants\"' -a 'create list");
    expect(await cli.run(["completion", "csh"])).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("the package", () => {
  it("installs from a clone that was never built, and runs there by npx", async () => {
    const root = join(import.meta.dirname, "../..");
    const clone = join(cli.home, "clone");
    for (const part of ["cli", "client"])
      cpSync(join(root, part), join(clone, part), { recursive: true, filter: (path) => !/\/(dist|node_modules)$/.test(path) });
    symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
    const env = only({ ...cli.env, npm_config_cache: join(cli.home, "cache"), npm_config_offline: "true" });
    const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: clone, env, stdio: "pipe", encoding: "utf8" });
    expect(run("npx", "--yes", "./cli", "--version")).toBe("0.1.0\n");
    rmSync(join(clone, "cli/dist"), { recursive: true, force: true });
    run("npm", "install", "--silent", "-g", "--prefix", join(cli.home, "linked"), "./cli");
    expect(run(join(cli.home, "linked/bin/valet"), "--version")).toBe("0.1.0\n");
  });

  it("installs by npm from its own archive, without asking any registry", async () => {
    const npm = (...args: string[]) =>
      execFileSync("npm", args, {
        cwd: join(import.meta.dirname, ".."),
        env: only({ ...cli.env, npm_config_cache: join(cli.home, "cache") }),
        stdio: "pipe",
      });
    const [{ filename }] = JSON.parse(String(npm("pack", "--json", "--silent", "--pack-destination", cli.home)));
    npm("install", "--offline", "--silent", "-g", "--prefix", join(cli.home, "global"), join(cli.home, filename));
    const valet = join(cli.home, "global/bin/valet");
    const version = execFileSync(valet, ["--version"], { encoding: "utf8", env: only(cli.env), cwd: cli.home });
    expect(version).toBe("0.1.0\n");
  });
});
