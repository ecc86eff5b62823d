import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { judge, MOST, measureRoutes } from "./check-scripts.mjs";

const folder = mkdtempSync(join(tmpdir(), "valet-scripts-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A script that gzip cannot make smaller than this by much. */
const noise = (bytes: number, seed: number) => {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) => createHash("sha256").update(`${seed}.${index}`).digest());
  return Buffer.concat(blocks).subarray(0, bytes);
};

function build(files: Record<string, Buffer | string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const manifest = (page: string, entries: string[], chunks: string[]) =>
  `globalThis.__RSC_MANIFEST = globalThis.__RSC_MANIFEST || {};globalThis.__RSC_MANIFEST[${JSON.stringify(page)}] = ${JSON.stringify({
    entryJSFiles: { "[project]/app/layout": entries },
    clientModules: { one: { chunks: [...chunks, 7] } },
  })}`;

describe("the scripts of a build's routes", () => {
  build({
    "build-manifest.json": JSON.stringify({ rootMainFiles: ["static/main.js"], polyfillFiles: ["static/old.js"] }),
    "app-path-routes-manifest.json": JSON.stringify({ "/(console)/page": "/", "/(console)/big/page": "/big", "/api/route": "/api" }),
    "server/app/(console)/page_client-reference-manifest.js": manifest(
      "/(console)/page",
      ["static/shared.js"],
      ["/_next/static/shared.js"],
    ),
    "server/app/(console)/big/page_client-reference-manifest.js": manifest(
      "/(console)/big/page",
      ["static/shared.js"],
      ["/_next/static/big.js"],
    ),
    "static/main.js": noise(50_000, 1),
    "static/old.js": noise(90_000, 2),
    "static/shared.js": noise(1000, 3),
    "static/big.js": noise(260_000, 4),
  });
  const size = (bytes: number, seed: number) => gzipSync(noise(bytes, seed)).length;

  it("are summed as a browser loads them: compressed, each once, none that only old browsers need", () => {
    expect(measureRoutes(folder)).toEqual([
      { route: "/big", files: 3, bytes: size(50_000, 1) + size(1000, 3) + size(260_000, 4) },
      { route: "/", files: 2, bytes: size(50_000, 1) + size(1000, 3) },
    ]);
  });

  it("fail the check where one route is over, and it says which", () => {
    const { ok, text } = judge(measureRoutes(folder));
    expect(ok).toBe(false);
    expect(text).toMatch(/^\/big .* more than it may$/m);
    expect(text).toContain("1 of 2 routes load more than 250.0 kB.");
    expect(judge([{ route: "/", files: 1, bytes: MOST }]).ok).toBe(true);
    expect(judge([{ route: "/", files: 1, bytes: MOST + 1 }]).ok).toBe(false);
  });

  it("fail loudly when the manifests are not what they were, instead of finding nothing", () => {
    build({ "server/app/(console)/page_client-reference-manifest.js": "globalThis.__RSC_MANIFEST = {};" });
    expect(() => measureRoutes(folder)).toThrow("is not where it was");
    build({ "app-path-routes-manifest.json": "{}" });
    expect(() => measureRoutes(folder)).toThrow("names no pages");
  });
});
