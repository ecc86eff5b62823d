import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import next from "next";
import { reportTo } from "./processes";

/** What Next does at its plainest: one route handler that reads a form and answers as many bytes of JSON as an exchange has. Built anew each time. */
const ROOT = join(import.meta.dirname, "../..");
const dir = join(ROOT, ".next/bench-bare");
const ROUTE = `export const dynamic = "force-dynamic";
export async function POST(request) {
  await request.text();
  return new Response(process.env.ANSWER, { headers: { "content-type": "application/json", "cache-control": "no-store" } });
}
`;

await rm(dir, { recursive: true, force: true });
await mkdir(join(dir, "app/oauth/token"), { recursive: true });
await writeFile(join(dir, "app/oauth/token/route.js"), ROUTE);
await writeFile(join(dir, "package.json"), '{ "type": "module" }\n');
await writeFile(
  join(dir, "next.config.js"),
  `export default { outputFileTracingRoot: ${JSON.stringify(ROOT)}, turbopack: { root: ${JSON.stringify(ROOT)} } };\n`,
);
const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } as const;
await promisify(execFile)(process.execPath, [join(ROOT, "node_modules/next/dist/bin/next"), "build", dir], { env });
const app = next({ dev: false, dir });
await app.prepare();
const show = app.getRequestHandler();
const server = createServer((request, response) => void show(request, response));
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => reportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
