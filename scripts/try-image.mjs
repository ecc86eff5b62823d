// `npm run try-image`: every step of the Dockerfile on a copy of the committed tree, and what comes of it started and used, without an engine.
import { join } from "node:path";
import { installIfNeeded, requireNode } from "./install.mjs";
import { runStep } from "./run.mjs";

const ROOT = join(import.meta.dirname, "..");

requireNode();
await installIfNeeded();
const { buildIfNeeded } = await import("./build.mjs");
if (!(await buildIfNeeded())) process.exit(1);
const playwright = [process.execPath, join(ROOT, "node_modules/@playwright/test/cli.js"), "test", "e2e/image.spec.ts"];
const { ok } = await runStep("Carrying out the Dockerfile", playwright, { cwd: ROOT, env: { VALET_TRY_IMAGE: "whole" }, show: true });
process.exitCode = ok ? 0 : 1;
