import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { exportPKCS8 } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AtGitHub, startAtGitHub } from "../../e2e/dropins/github";
import type { DropinValet } from "../../e2e/dropins/valet";
import { keyRecord, newPair } from "../../lib/testing/agentKey";

const HERE = import.meta.dirname;

let at: AtGitHub;
let valet: DropinValet;
let folder: string;
let dist: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "valet-client-"));
  dist = join(folder, "dist");
  const tsc = join(HERE, "../../node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(HERE, ".."), "--outDir", dist], { stdio: "pipe" });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  at = await startAtGitHub([{ method: "GET", path: /^\/repos\/marie\/radium\/issues$/, answer: () => ({ json: [{ number: 1 }] }) }]);
  ({ valet } = at);
});
afterAll(async () => {
  await at.close();
  rmSync(folder, { recursive: true, force: true });
});

const EXPECTED = {
  once: true,
  read: [200, [{ number: 1 }]],
  refused: [true, "not_allowed", "outside_grant", ["issues:write"], "string"],
  lent: ["github live"],
};

/** This Node, and those that `npm run test:runtimes` brings: other Nodes, Deno, Bun. */
const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  "this Node": [process.execPath],
  ...JSON.parse(process.env.VALET_TEST_RUNTIMES ?? "{}"),
};

/** How an agent proves itself, as its environment says it. */
const PROOFS = {
  secret: async ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) => ({
    VALET_CLIENT_ID: clientId,
    VALET_CLIENT_SECRET: clientSecret,
  }),
  "private key": async ({ clientId, agentId }: { clientId: string; agentId: string }) => {
    const pair = await newPair();
    await keyRecord(valet.core, agentId, pair);
    const file = join(folder, `${agentId}.pem`);
    writeFileSync(file, await exportPKCS8(pair.privateKey), { mode: 0o600 });
    return { VALET_CLIENT_ID: clientId, VALET_PRIVATE_KEY_FILE: file };
  },
};

const PAIRS = Object.keys(RUNTIMES).flatMap((runtime) => (["secret", "private key"] as const).map((proof) => [runtime, proof] as const));

it.each(PAIRS)("the built client works on %s, by a %s that the environment names", async (runtime, proof) => {
  const { bot } = await valet.lend(["issues:read"]);
  const [command = "", ...before] = RUNTIMES[runtime] ?? [];
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, VALET_URL: valet.socket, TEST_NOW: String(valet.core.clock.now().getTime()) },
    ...(await PROOFS[proof](bot)),
  } as unknown as NodeJS.ProcessEnv;
  const args = [...before, join(HERE, "anywhere.mjs"), pathToFileURL(join(dist, "index.js")).href];
  const { stdout } = await promisify(execFile)(command, args, { env, cwd: folder });
  expect(JSON.parse(stdout)).toEqual(EXPECTED);
});

it("the built client imports nothing but itself", () => {
  const files = readdirSync(dist).filter((name) => name.endsWith(".js"));
  const imported = files.flatMap((name) => {
    const text = readFileSync(join(dist, name), "utf8");
    return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map(([, path = ""]) => path);
  });
  expect(imported.length).toBeGreaterThan(5);
  expect(imported.filter((path) => !/^\.\/\w+\.js$/.test(path))).toEqual([]);
});

it("the client runs where there is nothing but the web's own: no process, no modules, no Buffer", async () => {
  const { bot } = await valet.lend(["issues:read"]);
  const entry = join(dist, "index.js");
  // As a bundler for browsers takes it: a module of Node's would end this.
  const { outputFiles, warnings } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, platform: "browser", format: "iife", globalName: "valetClient" },
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  const web = { fetch, crypto, URL, URLSearchParams, Headers, Response, ReadableStream, TextEncoder, atob, btoa };
  const worker = createContext({ ...web, given: { url: valet.socket, clientId: bot.clientId, clientSecret: bot.clientSecret } });
  const program = `(async () => {
    const { url, ...proof } = given;
    const valet = new valetClient.Valet({ url, proof: { kind: "secret", ...proof } });
    const answer = await valet.fetch("github", "/repos/marie/radium/issues");
    return JSON.stringify([typeof process, answer.status, await answer.json()]);
  })()`;
  runInContext(outputFiles[0]?.text ?? "", worker);
  expect(JSON.parse(await runInContext(program, worker))).toEqual(["undefined", 200, [{ number: 1 }]]);
});
