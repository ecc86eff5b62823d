import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REFUSAL_CODES } from "../../errors";
import { STATUS } from "../problem";
import { ERROR_WORDS } from "./errorWords";
import kept from "./reasons.json";

const FILE = join(import.meta.dirname, "reasons.json");
const LIB = join(import.meta.dirname, "../..");
/** `new Refusal("code", ... { reason: "..." })`, and the tables that keep `code` and `message` by reason. */
const THROWN = /new Refusal\(\s*"(\w+)"/g;
const TABLED = /^ {2}(\w+): \{\s*code: "(\w+)"/gm;

describe("the page of errors", () => {
  it("has words and a status for every code that an answer can have", () => {
    expect(Object.keys(ERROR_WORDS).sort()).toEqual([...REFUSAL_CODES, "server_error"].sort());
    expect(Object.keys(STATUS).sort()).toEqual([...REFUSAL_CODES].sort());
    for (const words of Object.values(ERROR_WORDS)) for (const sentence of Object.values(words)) expect(sentence).toMatch(/[.]$/);
  });

  it("lists every reason the code gives, under its code: DOCS_REASONS=write brings it up to date", () => {
    const found = foundReasons();
    if (process.env.DOCS_REASONS === "write") writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`);
    else expect(kept).toEqual(found);
    expect(found.invalid_grant).toContain("grant_revoked");
    expect(found.not_allowed).toContain("credential_in_url");
  });
});

function foundReasons(): Record<string, string[]> {
  const found = new Map<string, Set<string>>(REFUSAL_CODES.map((code) => [code, new Set()]));
  for (const text of sources()) {
    for (const match of text.matchAll(THROWN)) {
      const reason = /\breason: "(\w+)"/.exec(callAt(text, match.index))?.[1];
      if (reason) found.get(match[1] ?? "")?.add(reason);
    }
    for (const [, reason, code] of text.matchAll(TABLED)) found.get(code ?? "")?.add(reason ?? "");
  }
  return Object.fromEntries([...found].map(([code, reasons]) => [code, [...reasons].sort()]));
}

/** From `new Refusal(` to its closing bracket. */
function callAt(text: string, start: number): string {
  let [depth, end] = [0, text.indexOf("(", start)];
  do {
    if (text[end] === "(") depth++;
    if (text[end] === ")") depth--;
    end++;
  } while (depth > 0 && end < text.length);
  return text.slice(start, end);
}

function sources(): string[] {
  const paths = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const ours = paths.filter((path) => !path.endsWith(".test.ts") && !/^(testing|generated)\//.test(path));
  return ours.map((path) => readFileSync(join(LIB, path), "utf8"));
}
