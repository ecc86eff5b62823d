import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { mintGrant } from "../../lib/grants/mint";
import { Context } from "../src/context.ts";
import { createProgram } from "../src/program.ts";
import { builtCli, type Cli } from "./valet";
import { type Member, member, type SocketWorld, socketWorld } from "./world";

const CONNECTOR = "github-app-installation";
const HOST = "ghe.example.com";

let here: SocketWorld;
let cli: Cli;
let ada: Member;
let grantId: string;
beforeAll(async () => {
  here = await socketWorld("github");
  cli = await builtCli(here.url);
  ada = await member(here, { name: "Triage" });
  grantId = await lend();
});
afterAll(async () => {
  await here.close();
  cli.close();
});

const lend = async () => {
  const { bot, connectionId } = ada;
  const input = { agentId: bot.agentId, connectionId, scopes: ["metadata:read", "issues:read"], lifetime: "1h" as const };
  return (await mintGrant(ada.ctx, input)).grantId;
};

interface Row {
  readonly args: () => readonly string[];
  readonly stdin?: () => string;
  /** All that may be on stdout without `--json`. */
  readonly words: RegExp;
  /** Somebody asked for a secret by asking for this. */
  readonly secret?: true;
}

const inHome = (name: string) => join(cli.home, name);
const lending = () => ["--agent", ada.bot.agentId, "--connector", CONNECTOR, "--scopes", "metadata:read", "--yes"];
const gitAsks = () => `protocol=https\nhost=${HOST}\n\n`;
let names = 0;

/** Every command once, as it succeeds. */
const ROWS: Readonly<Record<string, Row>> = {
  login: { args: () => ["--token-stdin"], stdin: () => ada.token, words: /^Ada Lovelace \(.+\), member at http\S+\n$/ },
  whoami: { args: () => [], words: /^Ada Lovelace \(.+\), member at http\S+\n$/ },
  connect: { args: () => [CONNECTOR, "--no-open"], words: /^http\S+\/connections\/new\?connector=\S+\n$/ },
  "agents list": { args: () => [], words: /^ID +NAME .+\nagt_.+ Triage .+\n/ },
  "agents create": { args: () => [`Made ${names++}`], words: /^VALET_CLIENT_ID=agt_\w+\nVALET_CLIENT_SECRET=vlt_agt_\w+\n$/, secret: true },
  "agents pause": { args: () => [ada.bot.agentId], words: /^agt_\w+ Triage paused\n$/ },
  "agents resume": { args: () => [ada.bot.agentId], words: /^agt_\w+ Triage active\n$/ },
  "agents keep": { args: () => [ada.bot.clientId, "--name", `kept-${names++}`], stdin: () => ada.bot.clientSecret, words: /^$/ },
  "grants create": { args: lending, words: /^grt_\w+\n$/ },
  "grants list": { args: () => [], words: /^ID +AGENT .+\n(grt_.+\n)+$/ },
  "grants show": { args: () => [grantId], words: /^grt_\w+ {2}live\nagent {6}Triage / },
  "grants narrow": { args: () => [grantId, "--scopes", "metadata:read,issues:read"], words: /^metadata:read\nissues:read\n$/ },
  "grants extend": { args: () => [grantId, "--ttl", `${8 + names++}h`], words: /^grt_\w+ until \d{4}-\d\d-\d\d \d\d:\d\dZ\n$/ },
  activity: { args: () => [], words: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}.+\n)+$/ },
  token: { args: () => [CONNECTOR, "--grant", grantId], words: /^\S+\n$/, secret: true },
  "git-credential": {
    args: () => ["get", "--connector", CONNECTOR, "--host", HOST, "--grant", grantId],
    stdin: gitAsks,
    words: /^(protocol|host|username|password|password_expiry_utc)=\S+\n/,
    secret: true,
  },
  "gcp-adc": { args: () => ["--out", inHome("adc.json"), "--connector", CONNECTOR, "--grant", grantId], words: /^\/.+adc\.json\n$/ },
  "mcp-headers": { args: () => [CONNECTOR, "--grant", grantId], words: /^\{"Authorization":"Bearer \S+"\}\n$/, secret: true },
  doctor: { args: () => [], words: /^(ok|no) / },
  completion: { args: () => ["bash"], words: /^_valet\(\) \{\n[\s\S]+complete -F _valet -o default valet\n$/ },
  // What is on its stdout is its program's.
  run: { args: () => ["--grant", grantId, "--", "echo", "{}"], words: /^\{\}\n$/ },
  "grants revoke": { args: () => [grantId], words: /^grt_\w+ revoked\n$/ },
  logout: { args: () => [], words: /^$/ },
};

const env = () => ({ VALET_TOKEN: ada.token, VALET_CLIENT_ID: ada.bot.clientId, VALET_CLIENT_SECRET: ada.bot.clientSecret });
const SECRET = /vlt_|eyJ|gh[os]_|ghs-/;

async function both(path: string) {
  const { args, stdin = () => "" } = ROWS[path] as Row;
  const asked = [...path.split(" "), ...args()];
  const words = await cli.run(asked, { env: env(), stdin: stdin() });
  if (path === "grants revoke") grantId = await lend();
  const again = [...path.split(" "), "--json", ...args()];
  return { words, json: await cli.run(again, { env: env(), stdin: stdin() }) };
}

it("has a row here for every command that there is", () => {
  vi.stubGlobal("VALET_CLI_VERSION", "0");
  const pathsOf = (command: Command, before: readonly string[]): string[] => {
    const path = [...before, command.name()];
    return command.commands.length > 0 ? command.commands.flatMap((one) => pathsOf(one, path)) : [path.join(" ")];
  };
  const paths = createProgram(new Context({})).commands.flatMap((one) => pathsOf(one, []));
  expect(Object.keys(ROWS).sort()).toEqual(paths.sort());
});

it.each(Object.keys(ROWS))("%s: stdout is its data and nothing else, and JSON where that was asked for", async (path) => {
  const { words, json } = await both(path);
  const { words: shape, secret } = ROWS[path] as Row;
  expect({ path, ...words }).toMatchObject({ code: 0, stdout: expect.stringMatching(shape) });
  expect({ path, ...json }).toMatchObject({ code: 0 });
  expect(JSON.parse(json.stdout)).toEqual(expect.anything());
  const seen = [words.stderr, json.stderr, ...(secret ? [] : [words.stdout, json.stdout])].join("\n");
  expect(seen).not.toMatch(SECRET);
  expect(words.stdout + words.stderr).not.toContain("\u001b");
});

it("tells what was wrong with the words as one line of JSON too", async () => {
  for (const asked of [["grants", "frobnicate"], ["token"], ["activity", "--actor", "cat"], ["agents", "keep", "x"]]) {
    const { code, stdout, stderr } = await cli.run([...asked, "--json"], { env: env() });
    expect({ code, stdout, told: JSON.parse(stderr) }).toMatchObject({ code: 2, stdout: "", told: { error: { code: "usage" } } });
  }
  // After the two dashes it is the program's.
  const run = await cli.run(["run", "--connector", "none", "--", "true", "--json"], { env: env() });
  expect(run).toMatchObject({ code: 4, stderr: expect.stringMatching(/^valet: /) });
});
