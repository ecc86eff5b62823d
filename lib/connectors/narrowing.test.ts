import { describe, expect, it } from "vitest";
import { box } from "./box";
import type { Connector } from "./connector";
import { githubPermissions, permissionsFor, permissionWords } from "./githubPermissions";
import { connectors } from "./registry";
import { findScope, withContained } from "./scopes";

const how = (way: Connector["tokens"]["narrowing"]["how"]) =>
  connectors.filter(({ tokens }) => tokens.narrowing.how === way).map(({ id }) => id);

describe("scope on refresh", () => {
  it("is sent only where the refresh token is known to keep its scopes; nowhere would it shrink the connection for good", () => {
    expect(how("refresh_scope")).toEqual(["demo", "dropbox", "google", "google-cloud", "okta"]);
    for (const id of ["gitlab", "canva", "microsoft", "atlassian", "slack", "sentry", "stripe"])
      expect(how("refresh_scope")).not.toContain(id);
  });

  it("is sent only where there is a refresh token, and one that outlives its use, but for the pretend SaaS", () => {
    for (const { id, tokens } of connectors.filter(({ tokens }) => tokens.narrowing.how === "refresh_scope"))
      expect(tokens.refresh, id).toBe(id === "demo" ? "rotating" : "stable");
  });
});

describe.each(connectors.map((connector) => [connector.id, connector] as const))("%s", (_id, { tokens, ...connector }) => {
  const { narrowing } = tokens;
  const map: Readonly<Record<string, unknown>> =
    narrowing.how === "token_exchange" ? narrowing.scopes : "permissions" in narrowing ? narrowing.permissions : {};

  it("narrows to scopes that it has", () => {
    for (const name of Object.keys(map)) expect(findScope({ tokens, ...connector }, name), name).toBeDefined();
  });

  it("asks by a scope for all within it that it could ask for by itself", () => {
    if (!("permissions" in narrowing)) return;
    for (const name of Object.keys(map)) {
      const asked = permissionWords(permissionsFor(narrowing.permissions, [name, "metadata:read"]) ?? {});
      for (const inner of withContained({ tokens, ...connector }, [name]).filter((one) => Object.hasOwn(map, one)))
        expect(asked, `${name} and ${inner}`).toEqual(expect.arrayContaining(permissionWords(narrowing.permissions[inner] ?? {})));
    }
  });

  it("keeps a token to what a grant can be kept to, for the scopes that can be, and asks the SaaS itself", () => {
    const boundary = narrowing.how === "refresh_scope" ? narrowing.boundary : undefined;
    if (!boundary) return;
    const kind = connector.resources?.find(({ id }) => id === boundary.kind);
    expect([new URL(boundary.url).protocol, boundary.resource.split("{}").length]).toEqual(["https:", 2]);
    expect(Object.keys(boundary.permissions).sort()).toEqual([...(kind?.governs ?? [])].sort());
    for (const roles of Object.values(boundary.permissions)) expect(roles.length).toBeGreaterThan(0);
    expect(findScope({ tokens, ...connector }, boundary.source), boundary.source).toBeDefined();
  });

  it("makes no narrower token from one that could not be ended or would have no end", () => {
    if (narrowing.how !== "none") expect(tokens.accessSeconds).not.toBeNull();
  });
});

describe("GitHub's permissions", () => {
  it("are put together at the highest level that a scope needs", () => {
    expect(permissionsFor(githubPermissions, ["issues:read", "issues:write", "contents:read", "profile:read"])).toEqual({
      issues: "write",
      contents: "read",
    });
  });

  it("are none where nothing would be asked for, which GitHub takes for everything, or where a scope has none", () => {
    expect(permissionsFor(githubPermissions, ["profile:read"])).toBeNull();
    expect(permissionsFor(githubPermissions, [])).toBeNull();
    expect(permissionsFor(githubPermissions, ["issues:read", "issues:comment"])).toBeNull();
    expect(permissionsFor(githubPermissions, ["issues:read", "constructor"])).toBeNull();
  });

  it("never take a part for the whole: what a token may say is no more than was asked", () => {
    expect(permissionWords({ issues: "write", contents: "read" })).toEqual(["issues:read", "issues:write", "contents:read"]);
  });
});

describe("what Box says a token opens", () => {
  const normalize = box.oauth.normalizeToken ?? ((body) => body);

  it("is read from its list, where it is in one", () => {
    const one = { scope: "item_preview", object: { type: "file", id: "1" } };
    expect(normalize({ access_token: "x", restricted_to: [one, one, { scope: "item_upload" }] }).scope).toBe("item_preview item_upload");
    expect(normalize({ access_token: "x", restricted_to: [{}] }).scope).toBe("unreadable");
  });

  it("is not said by an empty list: that is a whole token", () => {
    expect(normalize({ access_token: "x", restricted_to: [] })).toEqual({ access_token: "x", restricted_to: [] });
    expect(normalize({ access_token: "x" })).toEqual({ access_token: "x" });
  });
});
