import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REFUSAL_CODES } from "../../errors";
import { BUILT_REASONS, GENERAL_WORDS } from "../../testing/builtReasons";
import { findReasons } from "../../testing/findReasons";
import { STATUS } from "../problem";
import { ERROR_WORDS } from "./errorWords";
import kept from "./reasons.json";

const FILE = join(import.meta.dirname, "reasons.json");
const WIRE = join(import.meta.dirname, "..");
const { reasons, unread } = findReasons();

describe("the page of errors", () => {
  it("has words and a status for every code that an answer can have", () => {
    expect(Object.keys(ERROR_WORDS).sort()).toEqual([...REFUSAL_CODES, "server_error"].sort());
    expect(Object.keys(STATUS).sort()).toEqual([...REFUSAL_CODES].sort());
    for (const words of Object.values(ERROR_WORDS)) for (const sentence of Object.values(words)) expect(sentence).toMatch(/[.]$/);
  });

  it("lists every reason the code gives, under its code, with its sentence: DOCS_REASONS=write brings it up to date", () => {
    const found = allReasons();
    if (process.env.DOCS_REASONS === "write") writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`);
    else expect(kept).toEqual(found);
    expect(found.invalid_grant?.grant_revoked).toContain("was revoked");
    expect(found.not_allowed).toMatchObject({
      credential_in_url: expect.any(String),
      form_unreadable: expect.any(String),
      exception: expect.stringContaining("whatever is lent"),
    });
    expect(Object.values(found).flatMap((one) => Object.keys(one)).length).toBeGreaterThan(250);
  });

  it("has general words for no reason that is gone", () => {
    const known = Object.values(allReasons()).flatMap((ofCode) => Object.keys(ofCode));
    for (const reason of Object.keys(GENERAL_WORDS)) expect(known, reason).toContain(reason);
  });

  it("knows what a reason can be wherever it is put together: say it in lib/testing/builtReasons.ts", () => {
    expect(unread).toEqual(Object.fromEntries(Object.entries(BUILT_REASONS).map(([path, { sites }]) => [path, sites])));
  });

  it("names every part of a form that can be missing", () => {
    const files = readdirSync(WIRE).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
    const asked = files.flatMap((name) => [...readFileSync(join(WIRE, name), "utf8").matchAll(/\bneeded\([\w.]+, "(\w+)"\)/g)]);
    const named = new Set(asked.map(([, name]) => `${name}_missing`));
    expect([...named].sort()).toEqual([...(BUILT_REASONS["wire/form.ts"]?.can?.invalid_request ?? [])].sort());
  });
});

function allReasons(): Record<string, Record<string, string>> {
  const found = new Map<string, Map<string, string>>(REFUSAL_CODES.map((code) => [code, new Map(Object.entries(reasons[code] ?? {}))]));
  for (const { can = {} } of Object.values(BUILT_REASONS))
    for (const [code, list] of Object.entries(can))
      for (const reason of list) if (!found.get(code)?.has(reason)) found.get(code)?.set(reason, "");
  return Object.fromEntries(
    [...found].map(([code, ofCode]) => [code, Object.fromEntries([...ofCode].sort(([a], [b]) => (a < b ? -1 : 1)).map(inWords))]),
  );
}

function inWords([reason, sentence]: [string, string]): [string, string] {
  return [reason, sentence || (GENERAL_WORDS[reason] ?? "")];
}
