import { describe, expect, it } from "vitest";
import { siteApi } from "../../lib/connectors/atlassian";
import { judgePattern } from "../../lib/testing/patterns/ambiguity";
import { patternsOf } from "../../lib/testing/patterns/literals";

/**
 * Patterns that may take the square of what they read, by where they are, each with why that is little. Whatever else is found has to be
 * written in another way.
 */
const NAMED: Readonly<Record<string, string>> = {
  "lib/broker/multipart.ts": "A boundary is 70 characters at most, and no beginning reads further; Content-Type is 16 KiB at most.",
  "lib/policy/jsonKeys.ts": "It reads what JSON.parse took: every string in it ends, so none is begun twice.",
  "lib/wire/docs/markdown.ts": "It reads Valet's own documents.",
};
/** Put together when they run, of nothing that comes from outside; each is judged below. */
const BUILT = ["lib/connectors/atlassian.ts"];

const { literals, built } = patternsOf(["lib", "app", "client/src", "cli/src"], ["server.ts", "refresher.ts", "starter.ts", "proxy.ts"]);
const kindOf = (source: string, flags = "") => judgePattern({ source, flags }).findings[0]?.kind ?? "linear";
const fileOf = (at: string) => at.split(":")[0] as string;

describe("a judge of patterns", () => {
  it.each([
    ...["(a+)+$", "^(a|a)*$", "(a*)*b", "^(\\w+\\s?)*$", "(a|b*)*c", "^(a?b?)*$", "^(?:a(?:x?|y?))*$", "(x+x+)+y"],
    ...["^(([a-z])+.)+[A-Z]([a-z])+$", "(?=(a+)+b)c", "^(?:a(?:(b+)+c)?)$", "^(?:[\\w.]+|-)*@", "^(\\s|\\n)*$"],
  ])("finds that the ways to read one text are exponential: %s", (source) => expect(kindOf(source)).toBe("exponential"));

  it.each([
    ...["\\s+$", "a+a+$", "^a*b?a*$", "\\s*,\\s*", ".*foo", "^\\d+\\w+$", "(?!a+)x", "<([^<>?]+)([^<>]*)>", "^(?:.*,){3}.*x$"],
    ...["/\\*[\\s\\S]*?\\*/", "a(?:.*b)?", "^.{0,99}.{0,99}x$", '"(?:[^"\\\\]|\\\\.)*"'],
  ])("finds that they are as many as its square: %s", (source) => expect(kindOf(source)).toBe("quadratic"));

  it.each([
    ...["a+", "^a+$", "^[a-z]+(-[a-z]+)*$", "^(?:[a-z]+\\.)+[a-z]+$", "a|b|c", "^\\s*$", "^\\w+\\s+\\w+$", "(?:;|$)", "^(a+)+", "x*"],
    ...["(^|,)x", "^(?=.*a)b", "a{1,16}b", "^[^@]+@[^@]+$", "^a[^]*$", "^(?:/[a-z]+)*$", "(?<=\\n)a", "^(?=.*a).*b"],
  ])("finds one way alone, or nothing to go back for: %s", (source) => expect(kindOf(source)).toBe("linear"));

  it("knows what flags change", () => {
    expect([kindOf("^a+A+$"), kindOf("^a+A+$", "i"), kindOf("^k+\\u{212a}+$", "iu")]).toEqual(["linear", "quadratic", "quadratic"]);
    expect([kindOf("\\[.*$", "s"), kindOf("\\[.*$")]).toEqual(["linear", "quadratic"]);
    expect([kindOf("^\\p{L}+ä+$", "u"), kindOf("^ +$", "m")]).toEqual(["quadratic", "quadratic"]);
    expect(judgePattern({ source: "(a)\\1(?<=b+)", flags: "" }).unread).toEqual(["\\1", "(?<=b+)"]);
  });
});

describe("every pattern of Valet, of its client and of its command", () => {
  it("was found, and none is made of what somebody sends", () => {
    expect(literals.length).toBeGreaterThan(200);
    expect(built).toEqual(BUILT);
  });

  it("is understood, and reads no text in exponentially many ways", () => {
    for (const literal of literals) {
      const { findings, unread } = judgePattern(literal);
      expect([unread, findings.filter(({ kind }) => kind === "exponential")], literal.at).toEqual([[], []]);
    }
  });

  it("takes no more than the length of what it reads, but for those that are named with the reason why it is little", () => {
    const slow = literals.filter((literal) => judgePattern(literal).findings.length > 0).map(({ at }) => fileOf(at));
    expect([...new Set(slow)].sort()).toEqual(Object.keys(NAMED));
  });

  it("is linear too where it is put together", () => {
    for (const product of ["jira", "confluence"] as const) {
      const { perAccount } = siteApi(product);
      expect(judgePattern(perAccount?.allowed as RegExp).findings).toEqual([]);
    }
  });
});
