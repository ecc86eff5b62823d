import { openHouse } from "./support/house";
import { long } from "./support/length";
import { at, download, eventLag, hammer, median, type Target, upload } from "./support/load";
import type { Part } from "./support/processes";

const ROUNDS = long(5, 1);
const ROUND_MS = long(2_000, 100);
const WARM_UP_MS = long(1_500, 100);
/** One gibibyte. */
const LARGE = long(1024 * 1024 * 1024, 1024 * 1024);
const EVENTS = long(150, 5);

/**
 * The gateway against the call it stands for, and against the plainest proxy that Node can make. Everything on loopback, each
 * part in a process of its own, runs interleaved; read the ratios. Prints a section of Markdown.
 */
const house = await openHouse();
const direct: Target = { url: house.saas.url, prefix: "", headers: {} };
const bare: Target = { url: house.bare.url, prefix: "", headers: {} };
const gateway: Target = { url: house.valet.url, prefix: "/proxy/demo", headers: house.headers };

try {
  const lines = [...(await singles()), ...(await crowds()), ...(await large()), ...(await streams())];
  console.log(["## The gateway", "", "| what | figure |", "| --- | --- |", ...lines].join("\n"));
} finally {
  await house.close();
}

/** One caller after the other: what a call through Valet takes longer. */
async function singles(): Promise<string[]> {
  const [straight, through]: [number[][], number[][]] = [[], []];
  await hammer(gateway, 1, WARM_UP_MS);
  await house.analyze();
  for (let round = 0; round < ROUNDS; round += 1) {
    straight.push([...(await hammer(direct, 1, ROUND_MS / 2)).sorted]);
    through.push([...(await hammer(gateway, 1, ROUND_MS)).sorted]);
  }
  const added = (share: number) => median(through.map((run, index) => at(run, share) - at(straight[index] ?? [], share)));
  return [row("added by the gateway at 1 connection, p50 / p99", `${added(0.5).toFixed(2)} / ${added(0.99).toFixed(2)} ms`)];
}

/** Sixty-four callers at once. */
async function crowds(): Promise<string[]> {
  const rounds: { plain: number; through: number; p50: number; p99: number; cost: number }[] = [];
  await hammer(gateway, 64, 2 * WARM_UP_MS);
  await house.analyze();
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await hammer(bare, 64, ROUND_MS);
    const before = await house.valet.usage();
    const through = await hammer(gateway, 64, ROUND_MS);
    const cost = ((await house.valet.usage()).processorMs - before.processorMs) / through.sorted.length;
    rounds.push({ plain: plain.perSecond, through: through.perSecond, p50: at(through.sorted, 0.5), p99: at(through.sorted, 0.99), cost });
  }
  const ratios = rounds.map(({ plain, through }) => through / plain).sort((left, right) => left - right);
  const of = (pick: (one: (typeof rounds)[number]) => number, digits = 0) => median(rounds.map(pick)).toFixed(digits);
  return [
    row("throughput at 64 connections, against a bare node:http proxy", `${median(ratios).toFixed(2)} x (${spread(ratios)})`),
    row("the same in calls per second, bare / gateway", `${of(({ plain }) => plain)} / ${of(({ through }) => through)}`),
    row("processor time of Valet's process for one call then", `${of(({ cost }) => cost, 2)} ms`),
    row("time of a call then, p50 / p99", `${of(({ p50 }) => p50)} / ${of(({ p99 }) => p99)} ms`),
  ];
}

/** One gibibyte down and up: memory of Valet's whole process, and speed against the bare proxy. */
async function large(): Promise<string[]> {
  await download(gateway, LARGE / 16);
  await upload(gateway, LARGE / 16);
  const plainDown = await download(bare, LARGE);
  const down = await grown(house.valet, () => download(gateway, LARGE));
  const plainUp = await upload(bare, LARGE);
  const up = await grown(house.valet, () => upload(gateway, LARGE));
  const against = (one: { mibPerSecond: number }, other: { mibPerSecond: number }) =>
    `${(one.mibPerSecond / other.mibPerSecond).toFixed(2)} x`;
  return [
    row("memory at its most over what it was before, 1 GiB down / up", `${down.grownMib.toFixed(0)} / ${up.grownMib.toFixed(0)} MiB`),
    row("speed of 1 GiB against the bare proxy, down / up", `${against(down.result, plainDown)} / ${against(up.result, plainUp)}`),
  ];
}

async function grown<T>(part: Part, work: () => Promise<T>): Promise<{ result: T; grownMib: number }> {
  const { nowMib } = await part.usage();
  const result = await work();
  return { result, grownMib: Math.max(0, (await part.usage()).peakMib - nowMib) };
}

async function streams(): Promise<string[]> {
  const firsts: number[] = [];
  for (let round = 0; round < long(30, 2); round += 1) {
    const straight = await download(direct, 256 * 1024);
    firsts.push((await download(gateway, 256 * 1024)).firstByteMs - straight.firstByteMs);
  }
  const [plain, through] = [await eventLag(direct, EVENTS), await eventLag(gateway, EVENTS)];
  return [
    row("later first byte of a large answer, median", `${median(firsts).toFixed(2)} ms`),
    row(
      "lag of server-sent events, direct / gateway, p50",
      `${at(plain, 0.5).toFixed(2)} / ${at(through, 0.5).toFixed(2)} ms (p99 ${at(through, 0.99).toFixed(2)} ms)`,
    ),
  ];
}

function row(what: string, figure: string): string {
  return `| ${what} | ${figure} |`;
}

function spread(sorted: readonly number[]): string {
  return `${at(sorted, 0).toFixed(2)} to ${at(sorted, 1).toFixed(2)}`;
}
