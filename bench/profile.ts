import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { openHouse } from "./support/house";
import { long } from "./support/length";
import { type Asked, bySecret } from "./support/proving";

const CALLERS = 64;
const WARM_UP_MS = long(8_000, 100);
const ROUND_MS = long(5_000, 300);

/** Where a sample of the profile belongs, by the function that ran and the file it is in; the first that fits. */
const PLACES: readonly (readonly [name: string, fits: (frame: Frame) => boolean])[] = [
  ["waiting for PostgreSQL and for callers", ({ functionName }) => functionName === "(idle)"],
  ["signing the token (ES256)", ({ url }) => /internal\/crypto\/(sig|keys)/.test(url)],
  ["hashing (SHA-256)", ({ url, functionName }) => /internal\/crypto\/hash/.test(url) || functionName === "hash"],
  ["garbage collection", ({ functionName }) => functionName === "(garbage collector)"],
  ["writing to sockets", ({ functionName }) => /^(writev|write\w*String|writeBuffer)$/.test(functionName)],
  ["the driver of PostgreSQL", ({ url }) => /node_modules\/pg/.test(url)],
  ["metrics", ({ url }) => url.includes("node_modules/prom-client")],
  ["Valet's own code", ({ url }) => url.includes("/dist/bench/")],
  ["Node: HTTP, streams, timers, promises", () => true],
];

interface Frame {
  readonly functionName: string;
  readonly url: string;
}

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * What the one thread of the web process does for an exchange, by its own profile, and what PostgreSQL does beside it: 64 callers, each waiting for its
 * answer. The profiler costs something itself; read the shares. Prints a section of Markdown.
 */
const folder = await mkdtemp(join(tmpdir(), "valet-profile-"));
try {
  const { perSecond, postgresMicros } = await run();
  print(shares(await readProfile()), perSecond, postgresMicros);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function run() {
  const house = await openHouse({ profile: folder });
  try {
    const [asked] = (await bySecret(house.agent)(1)) as [Asked];
    await crowd(house.valet.url, asked, WARM_UP_MS);
    await house.analyze();
    const before = await house.postgresMs();
    const answered = await crowd(house.valet.url, asked, ROUND_MS);
    const postgresMicros = (((await house.postgresMs()) - before) / answered) * 1000;
    return { perSecond: answered / (ROUND_MS / 1000), postgresMicros };
  } finally {
    await house.close();
  }
}

async function crowd(url: string, asked: Asked, ms: number): Promise<number> {
  const pool = new Pool(url, { connections: CALLERS, pipelining: 1 });
  const end = performance.now() + ms;
  let answered = 0;
  const caller = async () => {
    while (performance.now() < end) {
      const answer = await pool.request({ path: "/oauth/token", method: "POST", ...asked });
      await answer.body.dump();
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await pool.close();
  return answered;
}

/** The largest of them is the process's own; the other is the loader's. */
async function readProfile(): Promise<Profile> {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  return JSON.parse(texts.sort((left, right) => right.length - left.length)[0] ?? "{}") as Profile;
}

/** Of the last seconds before the end, when everything was warm. */
function shares({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const taken = new Map(PLACES.map(([name]) => [name, 0]));
  const whole = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  const [from, to] = [whole - ROUND_MS * 1000 * 0.9, whole - ROUND_MS * 1000 * 0.1];
  let at = 0;
  for (const [index, sample] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    at += delta;
    const frame = frames.get(sample);
    const place = at >= from && at <= to && frame ? PLACES.find(([, fits]) => fits(frame))?.[0] : undefined;
    if (place) taken.set(place, (taken.get(place) ?? 0) + delta);
  }
  const sum = [...taken.values()].reduce((left, right) => left + right, 0);
  return new Map([...taken].map(([name, micros]) => [name, micros / sum]));
}

function print(all: ReadonlyMap<string, number>, perSecond: number, postgresMicros: number): void {
  const lines = [...all]
    .sort(([, left], [, right]) => right - left)
    .map(([name, share]) => `| ${name} | ${(share * 100).toFixed(0)} % | ${((share / perSecond) * 1e6).toFixed(0)} µs |`);
  console.log("## Where the time of an exchange goes\n");
  console.log(`${CALLERS} callers, ${perSecond.toFixed(0)} exchanges a second while it was profiled. The web process has one thread:\n`);
  console.log(["| its thread | of its time | for one exchange |", "| --- | ---: | ---: |", ...lines].join("\n"));
  console.log(`\nBeside it PostgreSQL took ${postgresMicros.toFixed(0)} µs of processor time for each, its flush to disk included.`);
}
