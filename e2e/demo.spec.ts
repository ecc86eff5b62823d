import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { findFreePort } from "../lib/database/port";
import type { DemoFile } from "../scripts/demo-parts";

const ROOT = join(import.meta.dirname, "..");
const run = promisify(execFile);

test("one command gives a whole demo, which ends with Ctrl-C, and cleans up by itself after it was killed", async ({ browser }) => {
  const data = await mkdtemp(join(tmpdir(), "valet-demo-"));
  const killed = await startDemo(data);
  const before = await familyOf(killed.process);
  killed.process.kill("SIGKILL");
  await once(killed.process, "exit");

  const demo = await startDemo(data);
  for (const pid of before) expect(isAlive(pid), `process ${pid} of the killed demo`).toBe(false);
  expect([await modeOf(data), await modeOf(join(data, "demo.json"))]).toEqual([0o700, 0o600]);
  const file = JSON.parse(await readFile(join(data, "demo.json"), "utf8")) as DemoFile;

  const [exchange = "", use = ""] = demo.said().match(/^curl .*$/gm) ?? [];
  expect(JSON.parse(await shell(exchange))).toMatchObject({ token_type: "Bearer", scope: "issues:read", narrowed_by: "provider" });
  expect(JSON.parse(await shell(use)).length).toBeGreaterThan(0);
  const me = await fetch(`${file.url}/api/v1/me`, { headers: { authorization: `Bearer ${file.people[0]?.token}` } });
  expect(await me.json()).toMatchObject({ role: "member", email: "employee@demo.test" });

  for (const { role, sign_in_url } of file.people) {
    expect(demo.said()).toContain(sign_in_url);
    const page = await (await browser.newContext()).newPage();
    await page.goto(sign_in_url);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Home");
    await expect(page.getByText("This is a demo")).toBeVisible();
    expect((await page.goto(`${file.url}/admin/people`))?.status()).toBe(role === "member" ? 404 : 200);
    await page.context().close();
  }
  const elsewhere = await fetch(String(file.people[1]?.sign_in_url), { redirect: "manual", headers: { "sec-fetch-site": "cross-site" } });
  expect([elsewhere.headers.get("location"), elsewhere.headers.get("set-cookie")]).toEqual(["/sign-in", null]);

  const family = await familyOf(demo.process);
  expect(family.length).toBeGreaterThan(2);
  demo.process.kill("SIGINT");
  expect(await once(demo.process, "exit")).toEqual([0, null]);
  for (const pid of family) expect(isAlive(pid), `process ${pid} of the demo`).toBe(false);
  await expect(stat(join(data, "demo.json"))).rejects.toThrow("ENOENT");
  for (const place of [data, ...placesOf(demo.said())]) await rm(place, { recursive: true, force: true });
});

test("the demo refuses an address that others could reach", async () => {
  const env = { ...process.env, VALET_PUBLIC_URL: "https://valet.example.com" };
  const refused = await run(process.execPath, ["scripts/demo.mjs"], { cwd: ROOT, env }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("The demo runs on this machine only") });
});

interface Demo {
  readonly process: ChildProcess;
  said(): string;
}

/** Answers once it has printed everything. */
async function startDemo(data: string): Promise<Demo> {
  const env = { ...process.env, VALET_DATA_DIR: data, PORT: String(await findFreePort()) };
  const child = spawn(process.execPath, ["scripts/demo.mjs"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The demo ended with ${code}: ${said}`)));
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += String(chunk);
        if (said.includes("Ctrl-C stops everything.")) resolve();
      });
  });
  return { process: child, said: () => said };
}

/** The ids of a process and of all that it started. */
async function familyOf({ pid }: ChildProcess): Promise<number[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const family = [Number(pid)];
  for (const parent of family) family.push(...pairs.filter(([, of]) => of === parent).map(([child]) => child));
  return family;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

async function shell(command: string): Promise<string> {
  return (await run("sh", ["-c", command], { env: { ...process.env, PATH: `${join(process.execPath, "..")}:${process.env.PATH}` } }))
    .stdout;
}

/** As root PostgreSQL's data is outside the data folder, and the demo says where. */
function placesOf(said: string): string[] {
  return [...said.matchAll(/so its data is in (\S+)\/data\./g)].map(([, place]) => place as string);
}
