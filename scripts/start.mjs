// `npm start`: Valet in production, on DATABASE_URL or on the embedded PostgreSQL. Installs and builds first where that is missing.
import { installIfNeeded, requireNode } from "./install.mjs";
import { endWithNpm } from "./under-npm.mjs";

process.env.NODE_ENV = "production";
endWithNpm();
requireNode();
await installIfNeeded();
const { buildIfNeeded, isBuilt } = await import("./build.mjs");
if (!isBuilt()) console.log("There is no build of these sources yet: building first, which takes a minute.");
if (!(await buildIfNeeded())) process.exit(1);
process.setSourceMapsEnabled(true);
await import("../dist/starter.mjs");
