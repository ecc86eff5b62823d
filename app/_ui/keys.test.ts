import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { KEYS, type Pressed, readPress } from "./keys";

function press(key: string, more: { at?: number; ctrl?: boolean; alt?: boolean; typing?: boolean } = {}, before: Pressed | null = null) {
  return readPress({ key, at: 0, ctrl: false, alt: false, typing: false, ...more }, before);
}

describe("keys", () => {
  it.each(KEYS.filter(({ keys }) => keys.length === 2))("$keys leads to $words", ({ keys: [first = "", second = ""], does }) => {
    const { held, does: nothing } = press(first);
    expect(nothing).toBeNull();
    expect(press(second, { at: 1_500 }, held)).toEqual({ does, held: null });
  });

  it("takes a second key that comes late for a first one", () => {
    expect(press("h", { at: 1_501 }, { key: "g", at: 0 }).does).toBeNull();
    expect(press("g", { at: 1_501 }, { key: "g", at: 0 })).toEqual({ does: null, held: { key: "g", at: 1_501 } });
  });

  it("opens the palette while somebody types, and does nothing else then", () => {
    expect(press("k", { ctrl: true, typing: true }).does).toEqual({ show: "palette" });
    for (const key of ["?", "/", "g"]) expect(press(key, { typing: true })).toEqual({ does: null, held: null });
  });

  it("leaves the browser its own keys", () => {
    expect(press("g", { ctrl: true })).toEqual({ does: null, held: null });
    expect(press("h", { alt: true }, { key: "g", at: 0 }).does).toBeNull();
    expect(press("k", { ctrl: true, alt: true }).does).toBeNull();
  });
});

test("docs/keyboard.md lists the same keys", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/keyboard.md"), "utf8");
  const rows = [...page.matchAll(/^\| (`[^|]+`) +\| (.+?) +\|$/gm)].map(([, keys, words]) => `${keys} ${words}`);
  expect(rows).toEqual(KEYS.map(({ keys, words }) => `${keys.map((key) => `\`${key}\``).join(" ")} ${words}`));
});
