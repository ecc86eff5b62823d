import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { findBrowser } from "./scripts/browser.mjs";

const executablePath = process.env.CHROMIUM_PATH ?? findBrowser();
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
/** The browser itself stays silent: no updates, no field trials, no calls home. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
  "--no-first-run",
  "--disable-gpu",
];

/** Letters are drawn the same way everywhere, as far as a browser lets one say it. */
const LETTERS = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"];

/** Starts what the specs need and hands them its addresses. */
const setup = join(import.meta.dirname, "e2e/setup.ts");

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  ...(existsSync(setup) && { globalSetup: setup }),
  // One set of pictures for every machine: see e2e/support/photograph.ts for what may differ.
  snapshotPathTemplate: "e2e/shots/{arg}{ext}",
  // A new picture is agreed to by whoever commits it, not by the run that lacks it.
  updateSnapshots: "none",
  outputDir: "test-results/browser",
  // Tests share nothing but a worker's world, so any worker may run any of them.
  fullyParallel: true,
  workers: 2,
  retries: 0,
  // Far above what an idle machine needs: a busy one is slow and not broken.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? "test-results/browser.json" }]],
  use: {
    browserName: "chromium",
    launchOptions: { ...(executablePath && { executablePath }), args: [...asRoot, ...QUIET, ...LETTERS] },
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "off",
    screenshot: "only-on-failure",
  },
});
