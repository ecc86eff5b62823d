// `npm run demo`, on a fresh clone with only Node and npm. Plain Node at the top; everything else is imported once it is built.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { installIfNeeded, requireNode } from "./install.mjs";
import { endWithNpm } from "./under-npm.mjs";

const ROOT = join(import.meta.dirname, "..");
const DATA = resolve(process.env.VALET_DATA_DIR ?? join(ROOT, ".valet"));
const FILE = join(DATA, "demo.json");
const PID = join(DATA, "demo.pid");
const LOG = join(DATA, "demo.log");
const PARTS = join(ROOT, "dist/demo-parts.mjs");
const DATABASE = "valet_demo";
const SAAS_CLIENT = { id: "valet-demo", secret: "demo-tracker-knows-this-one" };
const READY_MS = 60_000;

process.chdir(ROOT);
endWithNpm();
requireNode();
refusePublicUrl();
await installIfNeeded();
// Asked before the build too: building anew would take the pages away from a demo that runs.
if (existsSync(PARTS)) await refuseSecond(await import("../dist/demo-parts.mjs?before"));
const { buildIfNeeded, isBuilt } = await import("./build.mjs");
if (!isBuilt()) console.log("Building from these sources, which takes a minute. The next start is quick.");
if (!(await buildIfNeeded())) process.exit(1);
const parts = await import("../dist/demo-parts.mjs");
const { Children } = await import("./children.mjs");
const { demoNote } = await import("./demo-note.mjs");

makeDataFolder();
await becomeTheDemo();
const children = new Children(LOG, (sentence) => stop(1, `${sentence} Its last words are in ${LOG}:\n${lastLines(LOG)}`));
let postgres;
let stopping;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(0, "\nStopping."));
try {
  await start();
} catch (error) {
  await stop(1, error.message);
}

async function start() {
  postgres = await parts.startEmbedded({ dataDir: join(DATA, "postgres"), onProgress: say });
  say("PostgreSQL runs. Each demo begins anew: the last demo's database is dropped.");
  await parts.dropDatabase(postgres.url, DATABASE);
  const databaseUrl = await parts.ensureDatabase(postgres.url, DATABASE);
  const { applied } = await parts.applyMigrations(databaseUrl, join(ROOT, "prisma/migrations"));
  say(`${applied.length} migration${applied.length === 1 ? "" : "s"} applied.`);
  const port = await freeFrom(Number(process.env.PORT ?? 3000), 1);
  const baseUrl = process.env.VALET_PUBLIC_URL?.replace(/\/$/, "") ?? `http://localhost:${port}`;
  const { url: saasUrl, personalToken } = await startSaas(baseUrl);
  const env = serverEnvironment({ port, baseUrl, saasUrl, databaseUrl });
  const { seedDemo } = await import("../dist/seed-demo.mjs");
  const seeded = await seedDemo(env, { saasUrl, baseUrl, saasClient: SAAS_CLIENT });
  const file = { ...seeded, saas: { ...seeded.saas, personal_token: personalToken } };
  say("A small house is set up: people, agents, connections and grants.");
  children.start("Valet", join(ROOT, "dist/starter.mjs"), env);
  await answers(`http://127.0.0.1:${port}/`);
  if (stopping) return;
  writeFileSync(FILE, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  console.log(demoNote(file, DATA));
}

async function startSaas(baseUrl) {
  const port = await freeFrom(4100, 2);
  const { firstMessage } = children.start("The pretend SaaS", join(ROOT, "dist/demo-saas.mjs"), {
    SAAS_PORT: String(port),
    SAAS_CLIENT_ID: SAAS_CLIENT.id,
    SAAS_CLIENT_SECRET: SAAS_CLIENT.secret,
    SAAS_PERSONAL_TOKEN_OF: "ada",
    SAAS_REDIRECT_URI: ["demo", "demo-board"].map((id) => `${baseUrl}/connect/${id}/callback`).join(" "),
  });
  const ready = await firstMessage;
  if (!ready) throw new Error("The pretend SaaS did not start.");
  say(`The pretend SaaS runs at ${ready.url}.`);
  return ready;
}

function serverEnvironment({ port, baseUrl, saasUrl, databaseUrl }) {
  const endpoints = {
    authorizeUrl: `${saasUrl}/oauth/authorize`,
    tokenUrl: `${saasUrl}/oauth/token`,
    revokeUrl: `${saasUrl}/oauth/revoke`,
    accountUrl: `${saasUrl}/api/me`,
    apiBaseUrl: saasUrl,
    issuer: saasUrl,
  };
  return {
    ...process.env,
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: String(port),
    VALET_PUBLIC_URL: baseUrl,
    DATABASE_URL: databaseUrl,
    VALET_DATA_DIR: DATA,
    VALET_DEMO: "1",
    VALET_ENDPOINTS: JSON.stringify({ demo: endpoints, "demo-board": endpoints }),
  };
}

/** The demo signs anybody in who can open a link: it must not be reachable from elsewhere. */
function refusePublicUrl() {
  const given = process.env.VALET_PUBLIC_URL;
  if (!given || (URL.canParse(given) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(given).hostname))) return;
  console.error("The demo runs on this machine only: VALET_PUBLIC_URL must be unset or a loopback address. For real use: npm start");
  process.exit(1);
}

function makeDataFolder() {
  mkdirSync(DATA, { recursive: true, mode: 0o700 });
  chmodSync(DATA, 0o700);
}

/** What a killed demo left ends by itself (processes), at the next start (PostgreSQL) or here (files). */
async function becomeTheDemo() {
  await refuseSecond(parts);
  for (const path of [PID, FILE]) rmSync(path, { force: true });
  await parts.leaveNote(PID);
}

async function refuseSecond({ livingKeeper }) {
  const other = await livingKeeper(PID);
  if (!other) return;
  console.error(`The demo already runs as process ${other}; its addresses are in ${FILE}. Stop it first.`);
  process.exit(1);
}

async function freeFrom(first, width) {
  for (let port = first; port < first + 200; port += width) {
    const wanted = Array.from({ length: width }, (_, offset) => port + offset);
    if ((await Promise.all(wanted.map(parts.isFree))).every(Boolean)) return port;
  }
  throw new Error(`No free port from ${first} on. Set PORT.`);
}

/** Until Valet answers anything at all. */
async function answers(url) {
  const end = Date.now() + READY_MS;
  while (Date.now() < end && !stopping) {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(READY_MS) }).catch(() => undefined);
    if (response) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (!stopping) throw new Error(`Valet did not answer at ${url}. Its last words are in ${LOG}:\n${lastLines(LOG)}`);
}

function stop(code, sentence) {
  stopping ??= (async () => {
    console.log(sentence);
    await children.stop();
    await postgres?.stop();
    for (const path of [PID, FILE]) rmSync(path, { force: true });
    process.exit(code);
  })();
  return stopping;
}

function lastLines(path) {
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(-15).join("\n") : "";
}

function say(sentence) {
  console.log(`- ${sentence}`);
}
