import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFiles, ROOT } from "../../scripts/files.mjs";
import { blocksOf } from "./documents";

/** Whole documents whose blocks are no code that somebody copies. */
const NO_CODE: Readonly<Record<string, string>> = {
  "ARCHITECTURE.md": "drawings: the tree of folders, and the way of a request",
  "docs/cli.md": "what the command itself says; `scripts/cli-docs.mjs --check` holds that it still does",
};

/** Single blocks that are not run, by document and beginning, and why. */
const NOT_RUN: readonly (readonly [document: string, beginning: string, why: string])[] = [
  ["README.md", "npm test", "it is what runs this"],
  ["README.md", "npm start", "every browser test is against what it starts: e2e/support/valet.ts"],
  ["docs/operations.md", "docker compose", "wants a Docker engine; e2e/image.spec.ts carries out what the image does"],
  ["docs/operations.md", "npm start", "every browser test is against what it starts: e2e/support/valet.ts"],
  ["docs/operations.md", "npm run keys rotate", "the same verb, killed in the middle: lib/database/rotateKeys.test.ts"],
  ["docs/operations.md", "scrape_configs:", "read by Prometheus; what it asks for is in lib/wire/operations.docs.test.ts"],
  ["docs/operations.md", "npm run backup", "backup and restore by the same verbs: lib/database/backup.test.ts"],
  [
    "docs/operations.md",
    "DATABASE_URL=postgresql://... npm run restore",
    "backup and restore by the same verbs: lib/database/backup.test.ts",
  ],
  ["docs/workloads.md", "kubectl get --raw /.well-known", "asks a cluster of the reader's, and nothing of Valet's"],
  ["docs/workloads.md", "volumes:", "read by a kubelet; the file that it writes is taken by e2e/dropins/workload.test.ts"],
];

/** `documentBlock("README.md", "curl ...")` in a test; `block("git clone")` in the script that follows the README alone. */
const TAKEN = /documentBlock\(\s*"([^"]+)",\s*("(?:[^"\\]|\\.)*"|'[^']*')/g;
const FOLLOWED = /\bblock\(("(?:[^"\\]|\\.)*"|'[^']*')\)/g;
const FOLLOWER = "scripts/first-ten-minutes.mjs";

const blocks = projectFiles()
  .filter((path) => path.endsWith(".md") && !(path in NO_CODE))
  .flatMap((document) => blocksOf(document).map(({ text }) => ({ document, text })));
const taken = [...takenByTests(), ...followed()];

function takenByTests() {
  const tests = projectFiles().filter((path) => /\.(test|spec)\.ts$/.test(path));
  return tests.flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(TAKEN)].map(([, document = "", words = ""]) => ({
      document,
      words: unquoted(words),
    })),
  );
}

function followed() {
  const text = readFileSync(join(ROOT, FOLLOWER), "utf8");
  return [...text.matchAll(FOLLOWED)].map(([, words = ""]) => ({ document: "README.md", words: unquoted(words) }));
}

function unquoted(literal: string): string {
  return literal.startsWith('"') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
}

describe("code in a document", () => {
  it("is run by a test, or is named here with the reason why not", () => {
    const excused = NOT_RUN.map(([document, words]) => ({ document, words }));
    const known = [...taken, ...excused];
    const left = blocks.filter(({ document, text }) => !known.some((one) => one.document === document && text.startsWith(one.words)));
    expect(left.map(({ document, text }) => `${document}: ${text.split("\n", 1)[0]}`)).toEqual([]);
    expect(blocks.length).toBeGreaterThan(20);
  });

  it("is not excused when it is gone, or when a test runs it after all", () => {
    for (const [document, words, why] of NOT_RUN) {
      const count = blocks.filter((one) => one.document === document && one.text.startsWith(words)).length;
      expect(count, `${document}: ${words}`).toBeGreaterThan(0);
      expect(
        taken.some((one) => one.document === document && words.startsWith(one.words)),
        `${document}: ${words}`,
      ).toBe(false);
      expect(why.length).toBeGreaterThan(10);
    }
    for (const document of Object.keys(NO_CODE)) expect(blocksOf(document).length, document).toBeGreaterThan(0);
  });
});
