import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mintGrant } from "../../lib/grants/mint";
import { decideTerminal } from "../../lib/people/decideTerminal";
import { atTerminal, CTRL_C, quoted } from "./terminal";
import { builtCli, type Cli } from "./valet";
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

const valet = (...args: readonly string[]) => quoted(process.execPath, cli.path, ...args);
const proof = () => ({ VALET_CLIENT_ID: ada.bot.clientId, VALET_CLIENT_SECRET: ada.bot.clientSecret });
const CODE = /([A-Z]{4}-[A-Z]{4})/;
const BOLD = "\u001b[1m";

/** Logs in by the code that is on the screen. */
function logIn(more: Readonly<Record<string, string>>) {
  const sayYes = (screen: string) => {
    const [userCode = ""] = CODE.exec(screen) ?? [];
    return decideTerminal(ada.ctx, { userCode, address: "192.0.2.1", decision: "allow" });
  };
  return atTerminal(valet("login", "--no-open"), { ...cli.env, ...more }, [["Waiting for your yes", sayYes]]);
}

it("logs in by a code that stands out, and is plain for who asked for no colour", async () => {
  const home = { XDG_CONFIG_HOME: join(cli.home, "terminal") };
  const colours = await logIn({ ...home, NO_COLOR: "" });
  expect(colours).toMatchObject({ code: 0, unseen: [], screen: expect.stringContaining("Ada Lovelace") });
  const [userCode] = CODE.exec(colours.screen) ?? [];
  expect(colours.screen).toContain(`${BOLD}${userCode}`);
  const plain = await logIn({ ...home, NO_COLOR: "1" });
  expect([plain.code, plain.screen.includes("\u001b"), CODE.test(plain.screen)]).toEqual([0, false, true]);
});

it("keeps nothing of a login that was left with Ctrl-C", async () => {
  const env = { ...cli.env, XDG_CONFIG_HOME: join(cli.home, "left") };
  expect(await atTerminal(valet("login", "--no-open"), env, [["Waiting for your yes", CTRL_C]])).toMatchObject({ code: 130 });
  expect(existsSync(join(cli.home, "left/valet"))).toBe(false);
});

it("gives Ctrl-C to the program of a run, once; cleans up, and ends as the program did", async () => {
  const input = { agentId: ada.bot.agentId, connectionId: ada.connectionId, scopes: ["issues:read"], lifetime: "8h" as const };
  await mintGrant(ada.ctx, input);
  const heard = join(cli.home, "heard");
  const base = join(cli.home, "base");
  const path = join(cli.home, "waits.mjs");
  writeFileSync(
    path,
    `import { appendFileSync, writeFileSync } from "node:fs";
    writeFileSync(${JSON.stringify(base)}, process.env.VALET_DEMO_BASE_URL);
    process.on("SIGINT", () => { appendFileSync(${JSON.stringify(heard)}, "SIGINT "); console.log("cleaning"); });
    process.stdin.on("data", (line) => {
      if (!String(line).startsWith("end")) return console.log("read " + line);
      process.removeAllListeners("SIGINT");
      process.kill(process.pid, "SIGINT");
    });
    console.log("running");`,
  );
  const env = { ...cli.env, ...proof() };
  const steps = [
    ["running", CTRL_C],
    // Meanwhile one that was passed on as well would be heard.
    ["cleaning", "a\r"],
    ["read a", "b\r"],
    ["read b", "c\r"],
    ["read c", "end\r"],
  ] as const;
  expect(await atTerminal(valet("run", "--", process.execPath, path), env, steps)).toMatchObject({ code: 130, unseen: [] });
  expect(readFileSync(heard, "utf8")).toBe("SIGINT ");
  await expect(fetch(readFileSync(base, "utf8"))).rejects.toThrow();
});

it("shows activity as it comes, until Ctrl-C", async () => {
  const env = { ...cli.env, VALET_TOKEN: ada.token };
  here.core.clock.advance({ minutes: 1 });
  const make = (name: string) => cli.run(["agents", "create", name], { env: { VALET_TOKEN: ada.token } });
  await make("Before");
  const steps = [
    ["Before", () => make("Afterwards")],
    ["Afterwards", CTRL_C],
  ] as const;
  const left = await atTerminal(valet("activity", "--follow", "--interval", "1", "--limit", "1"), env, steps);
  expect(left).toMatchObject({ code: 130, unseen: [] });
});

/** A machine where `valet` is on the path. */
function withValet() {
  const link = join(dirname(cli.path), "valet");
  if (!existsSync(link)) symlinkSync(cli.path, link);
  return { ...cli.env, PATH: `${dirname(cli.path)}:${cli.env.PATH}`, TERM: "dumb" };
}

/** Of those that this machine has: bash alone is everywhere. */
const has = (shell: string) => (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, shell)));

it("completes commands and options in a real bash, with the Tab key", async () => {
  const env = { ...withValet(), PS1: "ready> ", INPUTRC: "/dev/null" };
  const steps = [
    ["ready> ", 'eval "$(valet completion bash)"; complete -p valet\r'],
    ["complete -o default -F _valet valet", ""],
    ["ready> ", "valet gr\t"],
    ["valet grants ", "cr\t"],
    ["create ", "--rea\t"],
    ["--read-only ", "--help\r"],
    ["Usage: valet grants create", ""],
    ["ready> ", "exit 7\r"],
  ] as const;
  expect(await atTerminal("exec bash --norc --noprofile -i", env, steps)).toMatchObject({ code: 7, unseen: [] });
});

it.each(["zsh"].filter(has))("completes them in a real %s, also in one where nobody has switched completion on", async (shell) => {
  const steps = [
    ["", `PS1='ready''> '; eval "$(valet completion zsh)"\r`],
    ["ready> ", "valet gr\t"],
    ["grants ", "cr\t"],
    ["create ", "--rea\t"],
    ["--read-only ", "--help\r"],
    ["Usage: valet grants create", "exit 7\r"],
  ] as const;
  expect(await atTerminal(`exec ${shell} -f -i`, withValet(), steps)).toMatchObject({ code: 7, unseen: [] });
});

it.each(["fish"].filter(has))("completes them in a real %s", async (shell) => {
  const line = `${shell} --no-config -c 'valet completion fish | source; complete -C "valet grants cr"; complete -C "valet grants create --rea"'`;
  expect((await atTerminal(line, withValet(), [])).screen.trim().split(/\r?\n/)).toEqual(["create", "--read-only"]);
});
