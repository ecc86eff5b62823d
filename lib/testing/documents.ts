import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const FENCED = /^ *```(\w*)\n([\s\S]*?)\n *```$/gm;

export interface DocumentBlock {
  readonly language: string;
  readonly text: string;
}

/** Every fenced block of a committed document, in its order. */
export function blocksOf(document: string): DocumentBlock[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  return [...text.matchAll(FENCED)].map(([, language = "", block = ""]) => ({ language, text: block }));
}

/**
 * A fenced block of a committed document, by what it begins with. Whoever takes one runs it: `documents.test.ts` looks for these
 * calls, both words written out, and fails where a block is taken by nobody.
 */
export function documentBlock(document: string, beginning: string): string {
  const found = blocksOf(document).filter(({ text }) => text.startsWith(beginning));
  const [block] = found;
  if (!block || found.length > 1) throw new Error(`${document} has ${found.length} blocks that begin with: ${beginning}`);
  return block.text;
}
