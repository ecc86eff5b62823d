import { describe, expect, it } from "vitest";
import { refusalOf } from "../testing/refusal";
import { earlier, readGithubToken } from "./narrowed";

const ENDS = "2026-03-02T10:00:00Z";
const READ = { permissions: { issues: "read" }, repositories: null } as const;
const SITE = { ...READ, repositories: ["acme/site"] };
const answer = (more: object = {}) => ({
  token: "ghs_x",
  expires_at: ENDS,
  permissions: { issues: "read", metadata: "read" },
  repository_selection: "selected",
  ...more,
});
const beyond = (body: object, wish: Parameters<typeof readGithubToken>[2] = READ) => {
  const { told, within } = readGithubToken("GitHub", body, wish);
  return told?.filter((word) => !within.includes(word)) ?? null;
};

describe("what GitHub answers with a token", () => {
  it("is what it opens and when it ends, beside the token or in its installation", () => {
    const { permissions, repository_selection, ...bare } = answer();
    for (const body of [answer(), { ...bare, installation: { permissions, repository_selection } }]) {
      const made = readGithubToken("GitHub", body, READ);
      expect(made).toMatchObject({ accessToken: "ghs_x", expiresAt: new Date(ENDS), told: ["issues:read", "metadata:read"] });
      expect(beyond(body)).toEqual([]);
    }
  });

  it("is wider with another permission, or a higher level, than was asked", () => {
    expect(beyond(answer({ permissions: { issues: "write" } }))).toEqual(["issues:write"]);
    expect(beyond(answer({ permissions: { issues: "read", contents: "read" } }))).toEqual(["contents:read"]);
    expect(beyond(answer({ permissions: { metadata: "write" } }))).toEqual(["metadata:write"]);
    expect(beyond(answer({ permissions: { issues: { deep: "read" } } }))).toEqual(["issues:[object Object]"]);
    expect(beyond(answer({ permissions: { issues: "read" } }), { ...READ, permissions: { issues: "write" } })).toEqual([]);
  });

  it("is wider with other repositories than were asked, or with all of them", () => {
    expect(beyond(answer({ repositories: [{ full_name: "Acme/Site" }] }), SITE)).toEqual([]);
    expect(beyond(answer({ repositories: [{ full_name: "acme/site" }, { full_name: "acme/shop" }] }), SITE)).toEqual(["acme/shop"]);
    expect(beyond(answer({ repository_selection: "all" }), SITE)).toEqual(["repositories:all"]);
    expect(beyond(answer({ repository_selection: undefined }), SITE)).toEqual(["repositories:all"]);
    expect(beyond(answer({ repository_selection: "all" }))).toEqual([]);
  });

  it("says nothing where it names no permissions, and no end where it has none", () => {
    for (const permissions of [undefined, null, "issues:read", ["issues:read"]]) expect(beyond(answer({ permissions }))).toBeNull();
    expect(readGithubToken("GitHub", answer({ expires_at: null }), READ).expiresAt).toBeNull();
  });

  it("is no token without one, or with an end that is no time", async () => {
    for (const body of [
      null,
      [],
      "x",
      {},
      answer({ token: "" }),
      answer({ token: 7 }),
      answer({ expires_at: "soon" }),
      answer({ expires_at: 3600 }),
    ])
      expect(await refusalOf(() => readGithubToken("GitHub", body, READ))).toMatchObject({
        code: "upstream_failed",
        reason: "provider_bad_answer",
      });
  });
});

it("is the earlier of two ends, and the one there is", () => {
  const [one, other] = [new Date(1), new Date(2)];
  expect([earlier(one, other), earlier(other, one), earlier(null, other), earlier(one, null), earlier(null, null)]).toEqual([
    one,
    one,
    other,
    one,
    null,
  ]);
});
