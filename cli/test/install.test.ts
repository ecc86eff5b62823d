import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decideTerminal } from "../../lib/people/decideTerminal";
import { documentBlock } from "../../lib/testing/documents";
import { atTerminal, CTRL_C } from "./terminal";
import { ended, only } from "./valet";
import { type Member, member, type SocketWorld, socketWorld } from "./world";

const ROOT = join(import.meta.dirname, "../..");

let here: SocketWorld;
let ada: Member;
let machine: string;
beforeAll(async () => {
  here = await socketWorld("github");
  ada = await member(here);
  machine = mkdtempSync(join(tmpdir(), "valet-machine-"));
  clone();
});
afterAll(async () => {
  await here.close();
  rmSync(machine, { recursive: true, force: true });
});

/** What the command is made of, as a clone has it after `npm ci`; nothing that was built before. */
function clone(): void {
  const source = (from: string) => !/\/(dist|node_modules)(\/|$)/.test(from);
  for (const folder of ["cli", "client"]) cpSync(join(ROOT, folder), join(machine, "clone", folder), { recursive: true, filter: source });
  symlinkSync(join(ROOT, "node_modules"), join(machine, "clone/node_modules"));
}

/** A machine with Node and nothing of Valet's, and npm without a registry. */
const machineOf = (name: string) => {
  const home = join(machine, name);
  mkdirSync(home, { recursive: true });
  return {
    ...{ PATH: `${join(home, "bin")}:${process.env.PATH}`, HOME: home, XDG_CONFIG_HOME: home, TMPDIR: home, TERM: "xterm", NO_COLOR: "1" },
    ...{ npm_config_prefix: home, npm_config_cache: join(home, "cache"), npm_config_offline: "true", npm_config_update_notifier: "false" },
  };
};

const AGENT = `
const { VALET_GITHUB_APP_INSTALLATION_BASE_URL: base, GITHUB_TOKEN: token } = process.env;
const answer = await fetch(base + "/repos/acme/site/issues", { headers: { authorization: "Bearer " + token } });
console.log("The agent read", answer.status);`;

it("the README's first block, from the installation to what the agent did, at a terminal", async () => {
  const block = documentBlock("cli/README.md", "npm i -g ./cli")
    .replace("https://valet.example.com", here.url)
    .replace("--connector github ", `--connector ${here.connector} `);
  writeFileSync(join(machine, "clone/agent.js"), `import("data:text/javascript," + ${JSON.stringify(encodeURIComponent(AGENT))});`);
  writeFileSync(join(machine, "block.sh"), block);
  const sayYes = (screen: string) => {
    const [userCode = ""] = /[A-Z]{4}-[A-Z]{4}/.exec(screen) ?? [];
    return decideTerminal(ada.ctx, { userCode, address: "192.0.2.1", decision: "allow" });
  };
  const steps = [
    ["Waiting for your yes", sayYes],
    ["[y/N] ", "y\r"],
    ["The agent read 200", ""],
    ["fetched access", CTRL_C],
  ] as const;
  const line = `cd '${join(machine, "clone")}' && bash -e '${join(machine, "block.sh")}'`;
  const { code, unseen, screen } = await atTerminal(line, machineOf("linked"), steps);
  expect({ code, unseen, screen }).toMatchObject({ code: 130, unseen: [] });
});

it("the archive of npm pack installs on another machine without a registry, and runs by npx", async () => {
  const env = only(machineOf("packed"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", machine], { cwd: join(machine, "clone/cli"), env, stdio: "pipe" });
  const [archive = ""] = readdirSync(machine).filter((name) => name.endsWith(".tgz"));
  rmSync(join(machine, "clone"), { recursive: true });
  execFileSync("npm", ["i", "-g", join(machine, archive)], { env, stdio: "pipe" });
  const run = (command: string, ...args: string[]) => ended(spawn(command, args, { env, cwd: machine, stdio: "pipe" }));
  expect(await run("valet", "--version")).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
  const byNpx = await run("npx", "--yes", `--package=${join(machine, archive)}`, "valet", "whoami", "--url", here.url);
  expect(byNpx).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("valet login") });
});
