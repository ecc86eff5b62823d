// Bundles the command into one file that needs nothing but Node: `node cli/build.mjs`.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = import.meta.dirname;
const require = createRequire(import.meta.url);
const COMMANDER = dirname(require.resolve("commander"));
const { version } = JSON.parse(readFileSync(join(HERE, "package.json"), "utf8"));

/** commander is CommonJS and asks for Node's own modules by `require`. */
const REQUIRE = 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

/** @param entry a file below src; `program.ts` for who wants the commands without running one. */
export async function buildCli(outfile = join(HERE, "dist/valet.mjs"), entry = "main.ts") {
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [join(HERE, "src", entry)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.12",
    format: "esm",
    define: { VALET_CLI_VERSION: JSON.stringify(version) },
    banner: { js: entry === "main.ts" ? `#!/usr/bin/env node\n${REQUIRE}` : REQUIRE },
    logLevel: "warning",
  });
  // Its licence asks to go with every copy.
  writeFileSync(`${outfile}.LICENSES.txt`, `commander\n\n${readFileSync(join(COMMANDER, "LICENSE"), "utf8")}`);
  chmodSync(outfile, 0o755);
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCli();
