import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { expect, it } from "vitest";
import { BUNDLING } from "./build.mjs";

const ROOT = join(import.meta.dirname, "..");

/** All that a process reads before it does anything: the files that its bundle imports at once, and the packages that stay outside. */
async function readAtOnce(entry: string): Promise<string[]> {
  const { metafile } = await build({
    ...(BUNDLING as object),
    ...{ absWorkingDir: ROOT, entryPoints: [entry], outdir: "dist", sourcemap: false, write: false, metafile: true },
  });
  const [bundle] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry) ?? [""];
  const outputs = [bundle];
  for (const name of outputs)
    outputs.push(...importsOf(metafile, name).filter((path) => path in metafile.outputs && !outputs.includes(path)));
  return outputs.flatMap((name) => [...Object.keys(metafile.outputs[name]?.inputs ?? {}), ...importsOf(metafile, name)]);
}

function importsOf({ outputs }: Metafile, name: string): string[] {
  const atOnce = outputs[name]?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
  return atOnce.map(({ path }) => path);
}

it.each(["server.ts", "refresher.ts"])(
  "%s reads neither the pages' framework nor Prisma's client nor the way out before it can answer",
  async (entry) => {
    const read = (await readAtOnce(entry)).join("\n");
    for (const needed of ["lib/core.ts", "node_modules/pg/", "node_modules/zod/"]) expect(read).toContain(needed);
    for (const later of [/^next$/m, /\/react\//, /@prisma\/client\/runtime\/client/, /@prisma\/adapter-pg/, /\/undici\//])
      expect(read).not.toMatch(later);
  },
  60_000,
);
