import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { Refusal } from "../errors";
import { matchPath, readPath } from "./path";
import { rulesOver } from "./ruleIndex";

function reasonOf(raw: string): string {
  try {
    readPath(raw);
  } catch (error) {
    if (error instanceof Refusal && error.code === "not_allowed") return error.reason;
    throw error;
  }
  return "read";
}

describe("reading a path", () => {
  it("answers its segments, its one spelling and its query", () => {
    expect(readPath("/repos/octo/hello/issues?state=open&page=2")).toEqual({
      segments: ["repos", "octo", "hello", "issues"],
      path: "/repos/octo/hello/issues",
      query: "state=open&page=2",
    });
    expect(readPath("/")).toEqual({ segments: [], path: "/", query: "" });
  });

  it("spells what is encoded without need the plain way, so that a rule sees it", () => {
    expect(readPath("/repos/o/r/t%61rball/main").path).toBe("/repos/o/r/tarball/main");
    expect(readPath("/v4/spreadsheets/1/values/Sheet1%21A1%3AB2").path).toBe("/v4/spreadsheets/1/values/Sheet1!A1:B2");
    expect(readPath("/v1.0/me/photo/%24value").path).toBe("/v1.0/me/photo/$value");
  });

  it("keeps encoded what would mean something else in plain", () => {
    expect(readPath("/a/what%3Fx%3D1").path).toBe("/a/what%3Fx=1");
    expect(readPath("/calendars/en.usa%23holiday@group.v.calendar.google.com").path).toBe(
      "/calendars/en.usa%23holiday@group.v.calendar.google.com",
    );
    expect(readPath("/a/caf%C3%A9%20x")).toMatchObject({ segments: ["a", "café x"], path: "/a/caf%C3%A9%20x" });
  });

  it("leaves names with dots alone", () => {
    for (const path of ["/compare/main...dev", "/contents/.github/workflows/ci.yml", "/a/..b"]) expect(readPath(path).path).toBe(path);
  });

  it.each([
    ["two dots", "/a/../b"],
    ["two dots at the end", "/a/.."],
    ["one dot", "/a/./b"],
    ["an empty segment", "/a//b"],
    ["a slash at the end", "/a/"],
    ["two slashes at the start", "//evil.example/a"],
    ["no slash at the start", "a/b"],
    ["nothing", ""],
    ["an address", "https://evil.example/a"],
    ["an encoded slash", "/a%2fb"],
    ["an encoded slash in capitals", "/a%2Fb"],
    ["an encoded backslash", "/a%5cb"],
    ["a backslash", "/a\\b"],
    ["encoded dots", "/a/%2e%2e/b"],
    ["half-encoded dots", "/a/.%2E/b"],
    ["double encoding", "/a/%252e%252e/b"],
    ["an encoded percent sign", "/a/100%25"],
    ["a matrix parameter", "/a;x=1/b"],
    ["dots behind a semicolon", "/a/..;/b"],
    ["an encoded semicolon", "/a/..%3b/b"],
    ["a fragment", "/a#b"],
    ["a control character", "/a\u0000b"],
    ["an encoded zero", "/a%00b"],
    ["an encoded line end", "/a%0d%0ab"],
    ["a deleted character", "/a%7Fb"],
    ["a space", "/a b"],
    ["bare letters beyond ASCII", "/caf\u00e9"],
    ["overlong UTF-8", "/a%c0%aeb"],
    ["half a character", "/a%e2%82"],
    ["a surrogate", "/a%ed%a0%80"],
    ["a percent sign alone", "/a%zz"],
    ["too many characters", `/${"a".repeat(2048)}`],
    ["a bare line end in the query", "/a?b=\n"],
    ["_method", "/a?_method=DELETE"],
    ["_method behind others", "/a?x=1&_method=DELETE"],
    ["_method behind a semicolon", "/a?x=1;_method=DELETE"],
    ["_method encoded", "/a?%5Fmeth%6Fd=DELETE"],
    ["_method in brackets", "/a?_method[]=DELETE"],
    ["_HttpMethod", "/a?_HttpMethod=PATCH"],
    ["$httpMethod", "/a?$httpMethod=DELETE"],
    ["X-HTTP-Method-Override", "/a?X-HTTP-Method-Override=PUT"],
    ["X-HTTP-Method", "/a?x-http-method=PUT"],
    ["X-Method-Override", "/a?x_method_override"],
    ["Asana's option", "/a?opt_method=DELETE"],
    ["a parameter name that is no text", "/a?%ff=1"],
  ])("refuses %s", (_what, raw) => {
    expect(reasonOf(raw)).toBe("ambiguous_path");
  });

  it("says what to do, and repeats nothing of what was sent", () => {
    expect(() => readPath("/secret/../b")).toThrowError(
      "This address can be read in more than one way. Write the path out, without empty segments, dots or a slash at its end.",
    );
  });

  it("refuses a token in the address", () => {
    for (const name of ["access_token", "Access_Token", "oauth_token", "access%5ftoken", "private_token", "job_token", "authorization"])
      expect(reasonOf(`/a?x=1&${name}=t`)).toBe("credential_in_url");
  });

  it("takes a path of 2,048 characters and ordinary parameters", () => {
    expect(reasonOf(`/${"a".repeat(2047)}`)).toBe("read");
    expect(reasonOf("/a?method=card&page_token=x&$filter=a%20eq%20'b'&q=%ff%00")).toBe("read");
  });

  it("reads any text as one spelling that reads as itself, or refuses it", () => {
    const piece = fc.oneof(
      fc.constantFrom("/", ".", "..", "%", "%2f", "%2e", "%25", ";", "?", "a", "~", ":", "@", "*", "%41", "%C3%A9"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const raw = `/${pieces.join("")}`;
        const reason = reasonOf(raw);
        if (reason !== "read") return;
        const { path, segments } = readPath(raw);
        expect(readPath(path)).toEqual({ segments, path, query: "" });
        // The URL parser that sends it does not read it in another way.
        expect(new URL(`https://api.example${path}`)).toMatchObject({
          host: "api.example",
          pathname: path,
          search: "",
          hash: "",
        });
      }),
      { numRuns: 5000 },
    );
  });
});

describe("matching a path", () => {
  it.each([
    ["/repos/*/*", "/repos/a/b", true],
    ["/repos/*/*", "/repos/a", false],
    ["/repos/*/*", "/repos/a/b/c", false],
    ["/repos/*/*", "/repos/a/", false],
    ["/repos/*/*", "/Repos/a/b", false],
    ["/me/**", "/me", true],
    ["/me/**", "/me/a/b", true],
    ["/me/**", "/men", false],
    ["/**", "/", true],
    ["/", "/", true],
    ["/", "/a", false],
    ["/views.*", "/views.open", true],
    ["/views.*", "/views.open/x", false],
    ["/views.*", "/viewsXopen", false],
    ["/s/*:get", "/s/1:get", true],
    ["/s/*:get", "/s/:get", true],
    ["/s/*:get", "/s/1:get:set", false],
    ["/s/a*a", "/s/a", false],
    ["/s/a*b*c", "/s/a-b-c", true],
    ["/s/a*b*c", "/s/a-c-b", false],
    ["/s/*ab*ab", "/s/ab", false],
    ["/s/*ab*ab", "/s/abab", true],
  ])("%s against %s: %s", (template, path, expected) => {
    expect(matchPath(template, path)).toBe(expected);
  });

  it("agrees with a slower matcher that tries everything, and so does the index over many templates, on 100,000 paths", () => {
    const part = fc
      .array(fc.constantFrom("a", "b", "*", ":"), { minLength: 1, maxLength: 6 })
      .map((letters) => letters.join("").replaceAll("**", "*"));
    const given = fc.array(fc.constantFrom("a", "b", ":"), { minLength: 1, maxLength: 7 }).map((letters) => letters.join(""));
    const template = fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([parts, open]) => `/${[...parts, ...(open ? ["**"] : [])].join("/")}`);
    let tried = 0;
    const paths = fc.array(fc.array(given, { minLength: 1, maxLength: 4 }), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(template, { minLength: 1, maxLength: 4 }), paths, (templates, all) => {
        const connector = connectorOf(templates);
        for (const parts of all) {
          const path = `/${parts.join("/")}`;
          const expected = templates.filter((wanted) => slowSegments(wanted.slice(1).split("/"), parts));
          const matched = templates.filter((wanted) => matchPath(wanted, path));
          const indexed = rulesOver(connector, path).map(({ rule }) => rule.path);
          if (matched.join(" ") !== expected.join(" ") || indexed.join(" ") !== expected.join(" "))
            throw new Error(JSON.stringify({ path, templates, expected, matched, indexed }));
          tried++;
        }
      }),
      { numRuns: 2000, endOnFailure: true },
    );
    expect(tried).toBe(100_000);
  });

  it("stays quick on what would make a backtracking matcher slow", () => {
    const template = `/${"a*".repeat(200)}b`;
    const begun = performance.now();
    for (let round = 0; round < 100; round++) expect(matchPath(template, `/${"a".repeat(2000)}`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

function connectorOf(templates: readonly string[]): Connector {
  const opens = templates.map((path) => ({ methods: ["GET"], path }));
  return { ...demo, scopes: [{ name: "all", label: "Do all", access: "read", opens }] };
}

function slowSegments(wanted: readonly string[], given: readonly string[]): boolean {
  const [pattern, ...others] = wanted;
  if (pattern === undefined) return given.length === 0;
  if (pattern === "**" && others.length === 0) return true;
  const [segment, ...rest] = given;
  return segment !== undefined && slowLetters(pattern, segment) && slowSegments(others, rest);
}

function slowLetters(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern.startsWith("*")) return slowLetters(pattern.slice(1), text) || (text !== "" && slowLetters(pattern, text.slice(1)));
  return text !== "" && pattern[0] === text[0] && slowLetters(pattern.slice(1), text.slice(1));
}
