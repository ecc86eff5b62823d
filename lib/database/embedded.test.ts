import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withClient } from "./databases";
import { type Embedded, startEmbedded } from "./embedded";
import { birthmark, isAlive } from "./processes";

const settings = { fsync: "off" };
let folder: string;
let dataDir: string;
let running: Embedded | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "valet-embedded-"));
  await chmod(folder, 0o711);
  dataDir = join(folder, "postgres");
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(folder, { recursive: true });
});

async function start(onProgress?: (sentence: string) => void): Promise<Embedded> {
  running = await startEmbedded({ dataDir, database: "valet", settings, ...(onProgress && { onProgress }) });
  return running;
}

const ask = async (url: string, sql: string) => (await withClient(url, (client) => client.query(sql))).rows;

/** A process that starts the cluster and is killed without a chance to stop it. */
async function startAndKill(): Promise<number> {
  const script = `import("./lib/database/embedded.ts").then(async ({ startEmbedded }) => {
    const { pid, url } = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, settings: { fsync: "off" } });
    console.log(pid); setInterval(() => {}, 1000);
  })`;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [pid] = await once(createInterface(child.stdout), "line");
  child.kill("SIGKILL");
  await once(child, "exit");
  return Number(pid);
}

describe("the embedded PostgreSQL", () => {
  it("is UTF-8 and UTC, listens on the loopback address only, and asks for its password", async () => {
    const { url } = await start();
    const shown = "SELECT current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone";
    expect(await ask(url, shown)).toEqual([{ encoding: "UTF8", zone: "UTC" }]);
    expect(await ask(url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(Number(new URL(url).port)).toBeLessThan(32_768);
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(ask(wrong.href, "SELECT 1")).rejects.toThrow("password authentication failed");
    expect((await stat(`${dataDir}.password`)).mode & 0o777).toBe(0o600);
  });

  it("keeps its data and its password over a restart, and makes a new password when the file was lost", async () => {
    const first = await start();
    await ask(first.url, "CREATE TABLE kept AS SELECT 1 AS one");
    await first.stop();
    expect(await birthmark(first.pid)).toBeUndefined();
    const second = await start();
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    await second.stop();
    await rm(`${dataDir}.password`);
    const third = await start();
    expect(await ask(third.url, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
  });

  it("refuses a second Valet on the same data, and leaves the first alone", async () => {
    const { url } = await start();
    await expect(startEmbedded({ dataDir, settings })).rejects.toMatchObject({
      code: "unavailable",
      message: `Another Valet (process ${process.pid}) runs the database in ${dataDir}. Stop it first, or use another VALET_DATA_DIR.`,
    });
    expect(await ask(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("ends what a killed Valet left behind, and starts", async () => {
    const leftover = await startAndKill();
    expect(await birthmark(leftover)).toBeDefined();
    const said: string[] = [];
    const { url } = await start((sentence) => said.push(sentence));
    expect(await birthmark(leftover)).toBeUndefined();
    expect(said).toContain("Ended the PostgreSQL that an earlier, killed Valet left behind.");
    expect(await ask(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("leaves a stranger alone whose process number stands in an old note", async () => {
    const { data, stop } = await start();
    await stop();
    const stranger = spawn("sleep", ["60"]);
    await writeFile(join(data, "postmaster.pid"), `${stranger.pid}\n${data}\n`);
    await start();
    expect(isAlive(stranger.pid as number)).toBe(true);
    stranger.kill();
  });

  it("says what PostgreSQL said when it does not start", async () => {
    const bad = startEmbedded({ dataDir, settings: { ...settings, no_such_setting: "1" } });
    await expect(bad).rejects.toMatchObject({ code: "unavailable" });
    await expect(bad).rejects.toThrow('unrecognized configuration parameter "no_such_setting"');
    expect(await readFile(`${dataDir}.keeper`, "utf8").catch((error) => error.code)).toBe("ENOENT");
  });
});
