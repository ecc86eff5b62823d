import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../errors";
import { demo } from "./demo";
import { github } from "./github";
import { google } from "./google";
import { microsoft } from "./microsoft";
import { connectors } from "./registry";
import { accessOf, describeScopes, heldScopes, narrowScopes, parseScopes, phraseScopes, providerScopes, withContained } from "./scopes";
import { slack } from "./slack";

const AUTH = "https://www.googleapis.com/auth";

function refusalOf(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("what a connection holds", () => {
  it("is what was granted, all within it, and what every account has", () => {
    expect(heldScopes(demo, ["issues:write", "profile:read"])).toEqual(["profile:read", "issues:comment", "issues:write"]);
    expect(heldScopes(github, [])).toEqual(["graphql:read"]);
    expect(heldScopes(github, ["repo"])).toEqual(expect.arrayContaining(["repo:read", "issues:read", "code:write", "graphql:read"]));
  });

  it("does not put public repositories within all repositories: no path could tell them apart", () => {
    expect(heldScopes(github, ["repo"])).not.toContain("public_repo");
  });

  it("lists no protocol scope and no name that Valet does not know", () => {
    expect(heldScopes(microsoft, ["openid", "offline_access", "User.Read", "Tasks.Read"])).toEqual(["User.Read"]);
  });

  it("does not lend what is about the whole account along with another scope", () => {
    expect(withContained(github, ["repo"])).not.toContain("graphql:read");
  });
});

describe("narrowing", () => {
  const held = ["profile:read", "issues:read"];

  it("answers what was asked, in that order, each once", () => {
    expect(narrowScopes(demo, held, ["issues:read", "profile:read", "issues:read"])).toEqual(["issues:read", "profile:read"]);
  });

  it("refuses what is not held and says what is", () => {
    const refusal = refusalOf(() => narrowScopes(demo, held, ["issues:read", "issues:write"]));
    expect(refusal).toMatchObject({
      code: "invalid_scope",
      reason: "scope_beyond_connection",
      message: 'This connection does not hold "issues:write". It holds: profile:read, issues:read.',
    });
    expect(refusalOf(() => narrowScopes(demo, held, ["admin"], "grant"))).toMatchObject({ reason: "scope_beyond_grant" });
  });

  it("refuses an unknown name without repeating what could not be a scope", () => {
    const refusal = refusalOf(() => narrowScopes(demo, held, [`no\u0000such"${"x".repeat(500)}`]));
    expect(refusal).toMatchObject({ code: "invalid_scope", reason: "scope_unknown" });
    expect(refusal.message).toBe(`Demo Tracker has no scope "no?such?${"x".repeat(92)}". It holds: profile:read, issues:read.`);
  });

  it("refuses to lend nothing", () => {
    expect(refusalOf(() => narrowScopes(demo, held, []))).toMatchObject({ code: "invalid_scope", reason: "scope_missing" });
    expect(refusalOf(() => narrowScopes(demo, [], ["admin"])).message).toBe('This connection does not hold "admin". It holds: nothing.');
  });

  it("never answers more than is held, whatever is granted and asked", () => {
    const anyName = fc.constantFrom(...connectors.flatMap(({ scopes }) => scopes.map(({ name }) => name)), "unknown", "");
    const anything = [fc.constantFrom(...connectors), fc.array(anyName, { maxLength: 8 }), fc.array(anyName, { maxLength: 5 })] as const;
    const attempt = (run: () => string[]) => {
      try {
        return run();
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_scope" });
        return [];
      }
    };
    fc.assert(
      fc.property(...anything, (connector, granted, asked) => {
        const held = heldScopes(connector, granted);
        const narrowed = attempt(() => narrowScopes(connector, held, asked));
        expect(held).toEqual(expect.arrayContaining(narrowed));
        expect(asked).toEqual(expect.arrayContaining(narrowed));
        // What is within the narrowed is within what the SaaS granted or belongs to every account.
        expect(held).toEqual(expect.arrayContaining(withContained(connector, narrowed)));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("words about scopes", () => {
  it("knows the strongest access among them, also within them", () => {
    expect(accessOf(demo, ["issues:read"])).toBe("read");
    expect(accessOf(demo, ["issues:read", "files:write"])).toBe("write");
    expect(accessOf(demo, ["admin"])).toBe("admin");
    expect(accessOf(demo, [])).toBe("read");
  });

  it("asks the SaaS for none of Valet's own", () => {
    expect(providerScopes(demo, ["issues:read"])).toEqual(["issues:read"]);
    expect(providerScopes(demo, ["issues:read", "issues:comment"])).toBeNull();
    expect(providerScopes(demo, ["nonsense"])).toBeNull();
  });

  it("reads a token answer's scope with spaces, commas or as a list", () => {
    expect(parseScopes(github, "repo,read:user")).toEqual(["repo", "read:user"]);
    expect(parseScopes(demo, "issues:read  profile:read issues:read")).toEqual(["issues:read", "profile:read"]);
    expect(parseScopes(slack, ["users:read,channels:read", 7])).toEqual(["users:read", "channels:read"]);
    for (const nothing of [undefined, null, "", 7, {}]) expect(parseScopes(demo, nothing)).toEqual([]);
  });

  it("knows a scope by its other spelling and keeps a name it does not know", () => {
    expect(parseScopes(microsoft, "https://graph.microsoft.com/Mail.Read Tasks.Read")).toEqual(["Mail.Read", "Tasks.Read"]);
    expect(parseScopes(google, `openid ${AUTH}/userinfo.email`)).toEqual(["openid", "email"]);
  });

  it("describes them with their labels and as a part of a sentence", () => {
    expect(describeScopes(demo, ["issues:comment", "profile:read", "nonsense"])).toEqual([
      { name: "profile:read", label: "Read your profile", access: "read", virtual: false },
      { name: "issues:comment", label: "Comment on issues", access: "write", virtual: true },
    ]);
    expect(phraseScopes(demo, ["profile:read", "issues:read", "files:read"])).toBe("read your profile, read issues and read files");
    expect(phraseScopes(github, ["issues:read", "issues:write"])).toBe("change issues");
    expect(phraseScopes(demo, [])).toBe("do nothing");
  });
});
