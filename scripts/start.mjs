// `npm start`: Valet in production, on DATABASE_URL or on the embedded PostgreSQL. Installs and builds first where that is missing.
import { installIfNeeded, requireNode } from "./install.mjs";
import { endWithNpm } from "./under-npm.mjs";

process.env.NODE_ENV = "production";
endWithNpm();
requireNode();
// In the image everything is there and nothing can be written: what lies here is started as it is.
if (!process.argv.includes("--built")) await prepare();
await import("../dist/starter.mjs");

async function prepare() {
  await installIfNeeded();
  const { buildIfNeeded, isBuilt } = await import("./build.mjs");
  if (!isBuilt()) console.log("There is no build of these sources yet: building first, which takes a minute.");
  if (!(await buildIfNeeded())) process.exit(1);
}
