import { describe, expect, it } from "vitest";
import type { ResourceKind } from "./beyondScopes";
import { type Listing, listableWith } from "./listing";
import { listingPath, readListing } from "./readListing";
import { findConnector } from "./registry";

type Listed = ResourceKind & { readonly listing: Listing };

function kindOf(connector: string, id: string): Listed {
  return findConnector(connector)?.resources?.find((kind) => kind.id === id) as Listed;
}

const none = { link: null, cursor: null };
const ask = (kind: Listed, more: { held?: string[]; text?: string; cursor?: string } = {}) =>
  listingPath(kind.listing, { held: more.held ?? [], text: more.text ?? "", cursor: more.cursor ?? null });

describe("GitHub's repositories", () => {
  const kind = kindOf("github", "repository");
  const body = [
    { full_name: "acme/site", private: true },
    { full_name: "acme/.github" },
    { full_name: "../etc" },
    { name: "nameless" },
    null,
    7,
  ];

  it("are named as bounds name them, and what could not be named is left out", () => {
    expect(readListing(kind, { ...none, body })?.resources).toEqual([
      { id: "acme/site", label: "acme/site" },
      { id: "acme/.github", label: "acme/.github" },
    ]);
  });

  it("go on by one parameter of the next link, wherever that link leads", () => {
    const next = (link: string, cursor: string | null = null) => readListing(kind, { body, link, cursor })?.next;
    const links = '<https://api.github.com/user/repos?per_page=100&page=1>; rel="prev", <https://evil.test/x?page=3&token=y>; rel="next"';
    expect(next(links)).toBe("3");
    expect(ask(kind, { cursor: "3" })).toBe("/user/repos?per_page=100&sort=pushed&page=3");
    expect(ask(kind, { cursor: "3&per_page=1#/../x" })).toBe("/user/repos?per_page=100&sort=pushed&page=3%26per_page%3D1%23%2F..%2Fx");
    for (const odd of [
      "",
      "<",
      "<https://a/?page=2>",
      '<https://a/?page=2>; rel="last"',
      '<https://a/?other=2>; rel="next"',
      "<%>; rel=next",
    ])
      expect(next(odd), odd).toBeNull();
    expect(next("<?page=2>; rel=next")).toBe("2");
    expect(next('<https://a/?page=3>; rel="next"', "3")).toBeNull();
    expect(next(`<https://a/?page=${"9".repeat(600)}>; rel="next"`)).toBeNull();
  });

  it("are no list when the answer is none", () => {
    for (const odd of [null, {}, "<html>", { message: "Not Found" }, 7]) expect(readListing(kind, { ...none, body: odd })).toBeNull();
  });
});

it("reads an installation's repositories out of their envelope", () => {
  const kind = kindOf("github-app-installation", "repository");
  const body = { total_count: 1, repositories: [{ full_name: "acme/site" }] };
  expect(readListing(kind, { ...none, body })).toEqual({ resources: [{ id: "acme/site", label: "acme/site" }], next: null });
});

it("names a GitLab project by its number and shows its path; GitLab looks for a text by itself", () => {
  const kind = kindOf("gitlab", "project");
  expect(readListing(kind, { ...none, body: [{ id: 42, path_with_namespace: "acme/site" }] })?.resources).toEqual([
    { id: "42", label: "acme/site" },
  ]);
  expect(new URLSearchParams(ask(kind, { text: "a & b" }).split("?")[1]).get("search")).toBe("a & b");
});

it("goes on at Sentry only where its link says that there are results", () => {
  const kind = kindOf("sentry", "project");
  const body = [{ slug: "web", name: "Website", organization: { slug: "acme" } }];
  const link = (results: boolean) =>
    `<https://sentry.io/api/0/projects/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", <https://sentry.io/api/0/projects/?&cursor=0:100:0>; rel="next"; results="${results}"; cursor="0:100:0"`;
  expect(readListing(kind, { body, link: link(true), cursor: null })).toEqual({
    resources: [{ id: "acme/web", label: "Website" }],
    next: "0:100:0",
  });
  expect(readListing(kind, { body, link: link(false), cursor: null })?.next).toBeNull();
});

it("asks Slack for the sorts of channels that the account may see, and follows its cursor", () => {
  const kind = kindOf("slack", "channel");
  const types = (held: string[]) => new URLSearchParams(ask(kind, { held }).split("?")[1]).get("types");
  expect(types(["channels:read"])).toBe("public_channel");
  expect(types(["channels:read", "groups:read"])).toBe("public_channel,private_channel");
  const page = (next_cursor: string) => ({
    ok: true,
    channels: [{ id: "C024BE91L", name: "general" }],
    response_metadata: { next_cursor },
  });
  expect(readListing(kind, { ...none, body: page("dXNlcj==") })).toEqual({
    resources: [{ id: "C024BE91L", label: "#general" }],
    next: "dXNlcj==",
  });
  expect(readListing(kind, { ...none, body: page("") })?.next).toBeNull();
});

it("counts on at Jira until the last page, and not past an empty one", () => {
  const kind = kindOf("jira", "project");
  const page = (isLast: boolean, values: object[]) => ({ isLast, values });
  const site = { key: "ACME", name: "Website" };
  expect(readListing(kind, { body: page(false, [site]), link: null, cursor: "50" })).toEqual({
    resources: [{ id: "ACME", label: "Website" }],
    next: "51",
  });
  for (const last of [page(true, [site]), page(false, []), { values: [site] }])
    expect(readListing(kind, { ...none, body: last })?.next).toBeNull();
});

it("looks in Drive for a text that cannot get out of its quotes", () => {
  const query = new URLSearchParams(ask(kindOf("google", "file"), { text: "a' or \\ name" }).split("?")[1]).get("q");
  expect(query).toBe("trashed = false and name contains 'a\\' or \\\\ name'");
});

it("shows a name on one line, without what turns text around, and the id where there is none", () => {
  const kind = kindOf("airtable", "base");
  const labelled = (name: unknown) =>
    readListing(kind, { ...none, body: { bases: [{ id: "appLkNDICXNqxSDhG", name }] } })?.resources[0]?.label;
  expect(labelled("Two\nlines \u202eback\u0000")).toBe("Two lines back");
  expect(labelled("x".repeat(900))).toHaveLength(200);
  for (const odd of [undefined, null, {}, "", " \n"]) expect(labelled(odd)).toBe("appLkNDICXNqxSDhG");
});

it("says whether an account can be listed, and what to do where it cannot", () => {
  const slack = findConnector("slack") as NonNullable<ReturnType<typeof findConnector>>;
  const { listing } = kindOf("slack", "channel");
  expect(listableWith(slack, listing, ["groups:read"])).toEqual({ state: "ready", note: null, searched: false });
  expect(listableWith(slack, listing, ["chat:write"])).toMatchObject({
    state: "scope_missing",
    note: expect.stringMatching(/^To list them Valet needs ".+" or ".+", which this account did not give\./),
  });
  expect(listableWith(slack, undefined, ["groups:read"])).toMatchObject({ state: "not_listed" });
});
