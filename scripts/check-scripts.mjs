// How much script a browser loads before a page works, for each route of the last build: part of `npm test`. Plain Node.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = join(import.meta.dirname, "..");
/** Of gzip, in bytes. */
export const MOST = 250_000;

/**
 * Every page of a build with its first scripts, largest first: what all pages load, and what the client components of this one need. What
 * only browsers without modules load is left out.
 *
 * @param {string} folder `.next`
 * @returns {{ route: string, files: number, bytes: number }[]}
 */
export function measureRoutes(folder) {
  const { rootMainFiles } = readJson(folder, "build-manifest.json");
  const size = sizes(folder);
  const pages = Object.entries(readJson(folder, "app-path-routes-manifest.json")).filter(([page]) => page.endsWith("/page"));
  if (pages.length === 0 || rootMainFiles.length === 0) throw new Error("The build names no pages: its manifests have changed.");
  return pages
    .map(([page, route]) => {
      const files = new Set([...rootMainFiles, ...clientFiles(folder, page)]);
      return { route, files: files.size, bytes: [...files].reduce((sum, file) => sum + size(file), 0) };
    })
    .sort((left, right) => right.bytes - left.bytes || (left.route < right.route ? -1 : 1));
}

/** Scripts of one page's own client components, those of its layouts and error pages included. */
function clientFiles(folder, page) {
  const path = join(folder, "server/app", `${page}_client-reference-manifest.js`);
  // Next's own error page has none.
  if (!existsSync(path)) return [];
  const manifest = evaluate(readFileSync(path, "utf8"), page);
  const entries = Object.values(manifest.entryJSFiles ?? {}).flat();
  const chunks = Object.values(manifest.clientModules).flatMap(({ chunks: list }) => list.filter((one) => typeof one === "string"));
  return [...entries, ...chunks].map((file) => file.replace(/^\/?(_next\/)?/, "")).filter((file) => file.endsWith(".js"));
}

/** The manifest is a script that puts its object under the page's name. */
function evaluate(script, page) {
  const holder = { __RSC_MANIFEST: {} };
  new Function("globalThis", script)(holder);
  const found = holder.__RSC_MANIFEST[page];
  if (!found) throw new Error(`The manifest of ${page} is not where it was.`);
  return found;
}

function sizes(folder) {
  const known = new Map();
  return (file) => {
    if (!known.has(file)) known.set(file, gzipSync(readFileSync(join(folder, file))).length);
    return known.get(file);
  };
}

function readJson(folder, name) {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}

/** The table, and whether every route keeps to `most`. */
export function judge(routes, most = MOST) {
  const width = Math.max(...routes.map(({ route }) => route.length));
  const rows = routes.map(
    ({ route, files, bytes }) =>
      `${route.padEnd(width)}  ${kilobytes(bytes).padStart(8)}  ${files} files${bytes > most ? "  more than it may" : ""}`,
  );
  const over = routes.filter(({ bytes }) => bytes > most).length;
  const verdict =
    over === 0
      ? `No route loads more than ${kilobytes(most)} of script.`
      : `${over} of ${routes.length} routes load more than ${kilobytes(most)}.`;
  return { ok: over === 0, text: [...rows, verdict].join("\n") };
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ok, text } = judge(measureRoutes(join(ROOT, ".next")));
  console.log(text);
  if (!ok) process.exitCode = 1;
}
