import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DOORS, FREE, RULES } from "./import-rules.mjs";
import { findCircles, judgeImports } from "./imports.mjs";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "valet-imports-"));
});
afterEach(() => rm(root, { recursive: true }));

async function judge(file: string, text: string): Promise<string[]> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
  return judgeImports(root, [file], { rules: RULES, free: FREE, doors: DOORS });
}

describe("the rules of imports", () => {
  it.each([
    ["lib/grants/mint.ts", 'import { headers } from "next/headers";', "lib has never heard of Next, of React or of a page"],
    ["lib/grants/mint.ts", 'import type { Page } from "../../app/page";', "lib has never heard of Next, of React or of a page"],
    ["lib/grants/mint.ts", 'import { register } from "../agents/register";', "records know leaves and the kernel, and no other record"],
    ["lib/vault/seal.ts", 'import { decide } from "@/lib/policy/decide";', "a leaf knows the kernel, and no other leaf"],
    ["lib/broker/exchange.ts", 'import {\n  a,\n  b,\n} from "../wire/answer";', "the broker knows records, leaves and the kernel"],
    ["lib/grants/mint.ts", 'import { randomBytes } from "node:crypto";', "node:crypto is at home in vault and tokens"],
    ["app/page.tsx", 'import { SignJWT } from "jose";', "jose is at home in tokens"],
    ["app/page.tsx", 'import { PrismaClient } from "@/lib/generated/prisma/client";', "the Prisma client is a value in one file"],
    ["lib/grants/mint.ts", 'const a = await import("../testing/core");', "nothing that runs imports the tests' tools"],
    ["lib/errors.ts", 'import { mint } from "./grants/mint";', "the kernel knows no noun"],
  ])("refuse in %s: %s", async (file, text, sentence) => {
    expect(await judge(file, text)).toEqual([expect.stringContaining(sentence)]);
  });

  it.each([
    [
      "lib/grants/mint.ts",
      'import { Refusal } from "../errors";\nimport { narrow } from "./rules";\nimport { change } from "../activity/change";',
    ],
    ["lib/grants/list.ts", 'import type { Grant } from "../generated/prisma/client";'],
    ["lib/grants/list.ts", 'import { type Grant, type Agent } from "../generated/prisma/client";'],
    ["lib/grants/mint.test.ts", 'import { registerAgent } from "../agents/register";\nimport { testCore } from "../testing/core";'],
    ["lib/connections/begin.ts", 'import { loadSaasClient } from "../setups/client";'],
    ["app/page.tsx", 'import { listGrants } from "@/lib/grants/list";'],
  ])("allow in %s: %s", async (file, text) => {
    expect(await judge(file, text)).toEqual([]);
  });

  it("find a circle, and take no type for one", async () => {
    await judge("lib/a.ts", 'import { b } from "./b";');
    await judge("lib/b.ts", 'import { a } from "./a";');
    await judge("lib/c.ts", 'import type { a } from "./d";');
    await judge("lib/d.ts", 'import { c } from "./c";');
    expect(findCircles(root, ["lib/a.ts", "lib/b.ts", "lib/c.ts", "lib/d.ts"])).toEqual(["lib/a -> lib/b -> lib/a"]);
  });
});
