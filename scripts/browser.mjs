// Plain Node: finds a browser for the tests.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLACES = ["/usr/bin", "/usr/local/bin", "/snap/bin", ...(process.env.PATH ?? "").split(delimiter)];
const MAC = ["/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** Path of a browser that starts: CHROMIUM_PATH, then the system's, then Playwright's own. Undefined when there is none. */
export function findBrowser() {
  const system = NAMES.flatMap((name) => PLACES.map((place) => join(place, name)));
  return [process.env.CHROMIUM_PATH, ...system, ...MAC, playwrightsOwn()].find((path) => path && existsSync(path) && starts(path));
}

/** A downloaded browser may lack the system's libraries: then it does not even say its version. */
const starts = (path) => spawnSync(path, ["--version"], { timeout: 20_000 }).status === 0;

function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)("playwright-core").chromium.executablePath();
  } catch {
    return undefined;
  }
}
