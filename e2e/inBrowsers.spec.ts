import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { connectDemo } from "./support/accounts";
import { call, lend, register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

const ROOT = path(import.meta.dirname, "..");

test("the client works in a page of another origin and in its worker: each fetches access that opens what was lent", async ({
  world,
  browser,
}) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"], delivery: "gateway" });
  const site = await serveClient();
  try {
    const page = await browser.newPage();
    await page.goto(`${site.url}/`);
    const settings = {
      url: world.valet.url,
      proof: { kind: "secret", clientId: bot.clientId, clientSecret: bot.clientSecret },
    };
    const inPage = await page.evaluate(async (options) => {
      const { Valet } = await import(`${location.origin}/index.js`);
      return new Valet(options).lease("demo");
    }, settings);
    const inWorker = await page.evaluate(
      (options) =>
        new Promise((resolve, reject) => {
          const worker = new Worker("/worker.js", { type: "module" });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(options);
        }),
      settings,
    );
    for (const lease of [inPage, inWorker] as { accessToken: string; apiBase: string }[]) {
      expect((await call(lease.accessToken, "GET", `${lease.apiBase}/api/issues`)).status).toBe(200);
    }
    await page.close();
  } finally {
    site.close();
  }
});

const WORKER = `import { Valet } from "/index.js";
onmessage = async ({ data }) => postMessage(await new Valet(data).lease("demo"));
`;

/** The package as it is built, at an origin that is not Valet's. */
async function serveClient(): Promise<{ readonly url: string; close(): void }> {
  const folder = mkdtempSync(path(tmpdir(), "valet-client-"));
  execFileSync(path(ROOT, "node_modules/.bin/tsc"), ["-p", path(ROOT, "client"), "--outDir", folder]);
  const server = createServer(({ url = "/" }, response) => {
    const name = /^\/(\w+\.js)$/.exec(url)?.[1];
    const body = name === "worker.js" ? WORKER : name ? readFileSync(path(folder, name)) : "<!doctype html><title>An agent</title>";
    response.writeHead(200, { "content-type": name ? "text/javascript" : "text/html" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
