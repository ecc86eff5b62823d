import { execFileSync } from "node:child_process";
import { expect, test } from "@playwright/test";
import { CAN_SEAL, makeImage, startImage } from "../scripts/image.mjs";
import { call, fetchAccess } from "./support/agent";
import { openInstallation } from "./support/installation";

/** `npm run try-image` carries out every stage; here the last one alone, out of the build that the other tests use. */
const WHOLE = process.env.VALET_TRY_IMAGE === "whole";

test("what the Dockerfile puts together starts without root, writes to its data folder alone, and serves an agent", async () => {
  test.setTimeout(WHOLE ? 900_000 : 120_000);
  const [image, here] = [makeImage({ whole: WHOLE }), await openInstallation()];
  const { DATABASE_URL: database, VALET_KEYS: keys, HOST: _, NODE_ENV: _env, ...settings } = here.environment;
  const valet = startImage(image, {
    env: { ...settings, DATABASE_URL_FILE: "/secrets/valet/database-url", VALET_KEYS_FILE: "/secrets/valet/keys" },
    files: { "/secrets/valet/database-url": `${database}\n`, "/secrets/valet/keys": `${keys}\n` },
  });
  try {
    await expect.poll(() => statusOf(`${here.recorder.url}/readyz`), { timeout: 60_000, message: valet.said() }).toBe(200);
    const { access_token, api_base } = await fetchAccess(here.world, here.lent.bot, here.lent.grantId);
    expect((await call(access_token, "GET", `${api_base}/api/issues`)).status).toBe(200);
    // Pages too, and what they read from files.
    for (const path of ["/sign-in", "/docs/concepts", "/docs/operations"])
      expect([path, await statusOf(`${here.recorder.url}${path}`)]).toEqual([path, 200]);
    if (CAN_SEAL) expect(ownersOf(here.port)).toEqual(["1000"]);
    const { health } = image.settings;
    expect(health).toEqual(["node", "scripts/healthy.mjs", "/healthz"]);
    expect(healthy(here.port)).toBe(0);
    expect(await valet.stop(), valet.said()).toBe(0);
    expect(healthy(here.port)).toBe(1);
  } finally {
    await valet.stop();
    image.close();
    await here.close();
  }
});

const statusOf = (url: string) =>
  fetch(url, { redirect: "manual" }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );

/** The image's health check, asked of this port. */
function healthy(port: number): number {
  try {
    execFileSync(process.execPath, ["scripts/healthy.mjs", "/healthz"], { env: { ...process.env, PORT: String(port) }, stdio: "pipe" });
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

/** The users whose processes listen at a port, by number. */
function ownersOf(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const table = execFileSync("cat", ["/proc/net/tcp"], { encoding: "utf8" });
  const listening = table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === "0A");
  return [...new Set(listening.map((fields) => fields[7] ?? ""))];
}
