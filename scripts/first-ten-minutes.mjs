// `npm run first-ten-minutes`: a stranger with a clean clone follows the README to the first brokered call, and moves an agent that they have.
// Prints the seconds of each step and the number of commands. Every command is the README's own, or was printed
// by the one before; where any of them lies, this fails. Measures what is committed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
/** Ends what hangs. How long it took is told, not judged: a machine may be busy. */
const LIMIT_MS = 1_500_000;
const PATIENCE_MS = 30_000;
const README = readFileSync(join(ROOT, "README.md"), "utf8");

const folder = mkdtempSync(join(tmpdir(), "valet-first-"));
const began = performance.now();
/** Where PostgreSQL keeps its data when it cannot enter the clone: it says so. */
const sheltered = new Set();
let cwd = folder;
let environment;
let commands = 0;
/** What goes on running until it is stopped. */
let service;
const late = setTimeout(() => finish(1, "Nothing came of it in 25 minutes."), LIMIT_MS);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => finish(1, "Stopped."));

try {
  environment = await stranger();
  const demo = await toFirstCall();
  await moveAnAgent(demo);
  await finish(0, `The first ten minutes took ${secondsSince(began)} and ${commands} commands.`);
} catch (error) {
  await finish(1, error.message);
}

/** From nothing to access that Valet gave, and to the row that says whose hand it was in. Answers what the demo printed. */
async function toFirstCall() {
  const [cloning, starting] = block("git clone").split("\n");
  await step(cloning, () => follow(cloning.replace("<this repository>", `'${ROOT}'`)));
  cwd = join(folder, "valet");
  const demo = await step(starting, () => start(starting, "Ctrl-C stops everything."));
  const [call] = linesOf(demo, 'curl -s -H "Authorization');
  const issues = await step("the call that it prints", async () => JSON.parse(await follow(call)));
  if (!(issues.length > 0)) throw new Error(`The call answered ${JSON.stringify(issues).slice(0, 500)}`);
  console.log(`First brokered call after ${secondsSince(began)} and ${commands} commands.`);
  await step("a person looks at Activity", () => see(demo, "/activity", "Triage bot"));
  return demo;
}

/** The README's program with a personal access token, then with what was lent: nothing but two variables differ. */
async function moveAnAgent(demo) {
  const [today, lent] = linesOf(demo, "export TRACKER_URL=");
  const program = block('curl -s "$TRACKER_URL').split(/\n(?=curl)/);
  const [read, written] = await step("an agent with a personal access token", () => runAgent(today, program));
  if (!(read.length > 0 && written.id > 0)) throw new Error(`It did not get what it asked for: ${JSON.stringify([read, written])}`);
  const [again, refused] = await step("the same agent, through Valet", () => runAgent(lent, program));
  if (again.length !== read.length) throw new Error(`Through Valet it read something else: ${JSON.stringify(again)}`);
  const link = refused.smallest_grant?.url;
  if (refused.code !== "not_allowed" || !refused.next || !link) throw new Error(`The refusal does not help: ${JSON.stringify(refused)}`);
  console.log(`  It was refused, and told: ${refused.next}`);
  await step("a person opens the link that it was given", () => see(demo, link, "Triage bot"));
  await stop();
}

async function runAgent(variables, program) {
  const answers = [];
  for (const command of program) answers.push(JSON.parse(await follow(`${variables}\n${command}`)));
  return answers;
}

/** A block of the README that is to be typed, by what it begins with. */
function block(beginning) {
  const blocks = [...README.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map(([, text]) => text);
  const found = blocks.find((text) => text.startsWith(beginning));
  if (!found) throw new Error(`The README has no block any more that begins with: ${beginning}`);
  return found;
}

function linesOf(said, beginning) {
  const found = said.split("\n").filter((line) => line.startsWith(beginning));
  if (found.length === 0) throw new Error(`Nothing was printed that begins with: ${beginning}\n${said}`);
  return found;
}

async function step(title, work) {
  const from = performance.now();
  const result = await work();
  console.log(`  ${secondsSince(from).padStart(8)}  ${title}`);
  return result;
}

/** One command as it stands. */
async function follow(command) {
  const child = shell(command);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command}\nfailed (${code}):\n${child.said()}${child.complained()}`);
  return child.said();
}

/** One command that goes on running. Answers what it has printed by the time that it has printed `sign`. */
function start(command, sign) {
  const child = shell(command);
  service = child;
  return new Promise((resolve, reject) => {
    child.stdout.on("data", () => {
      const said = child.said();
      if (said.includes(sign)) resolve(said);
    });
    child.once("close", (code) => reject(new Error(`${command}\nended (${code}):\n${child.said()}${child.complained()}`)));
  });
}

/** In a process group of its own, so that it can be ended whole. */
function shell(command) {
  commands++;
  const child = spawn("bash", ["-c", command], { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const [out, err] = [[], []];
  child.stdout.on("data", (chunk) => out.push(chunk));
  child.stderr.on("data", (chunk) => err.push(chunk));
  return Object.assign(child, { said: () => Buffer.concat(out).toString(), complained: () => Buffer.concat(err).toString() });
}

async function stop() {
  const child = service;
  service = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "close");
  process.kill(-child.pid, "SIGTERM");
  const hard = setTimeout(() => process.kill(-child.pid, "SIGKILL"), PATIENCE_MS);
  await gone;
  clearTimeout(hard);
  for (const [, place] of child.said().matchAll(/so its data is in (\S+)\/data\./g)) sheltered.add(place);
}

/** What a browser does, up to what it draws: signs in by the demo's link, opens a page, and finds `words` on it. */
async function see(demo, path, words) {
  const signIn = /http\S+\/sign-in\/demo\/employee/.exec(demo)?.[0] ?? "";
  const entered = await fetch(signIn, { redirect: "manual" });
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(";", 1)[0])
    .join("; ");
  const page = await open(new URL(path, signIn), { cookie });
  if (!page.includes(words)) throw new Error(`${path} does not show "${words}".`);
}

async function open(url, headers = {}) {
  const answer = await fetch(url, { headers, redirect: "manual" });
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}.`);
  return answer.text();
}

/** No setting of this machine's, and no npm that runs this, leaks into the reader's. On a free port, since another Valet may run here. */
async function stranger() {
  const ours = /^(VALET_|OIDC_|DATABASE_URL$|NODE_ENV$|GIT_|npm_lifecycle|npm_package|npm_command$|INIT_CWD$)/;
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))), PORT: String(await freePort()) };
}

async function freePort() {
  for (let port = 3000; port < 3200; port++) if (await isFree(port)) return port;
  throw new Error("No port is free from 3000 to 3199.");
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function finish(code, sentence) {
  clearTimeout(late);
  await stop();
  for (const path of [folder, ...sheltered]) rmSync(path, { recursive: true, force: true });
  (code === 0 ? console.log : console.error)(sentence);
  process.exit(code);
}

function secondsSince(from) {
  return `${((performance.now() - from) / 1000).toFixed(1)} s`;
}
