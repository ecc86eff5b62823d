import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDraft } from "../../app/(console)/grants/new/draft";
import { revokeGrant } from "../grants/revoke";
import { accessToken, apiToken, bearer, call, connect, type Lent, lend, send, type World, world } from "../testing/builders";
import { TEST_ISSUER } from "../testing/core";
import { refusedCalls } from "../testing/gateway";

let here: World;
let lent: Lent;
let token: string;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { scopes: ["issues:read", "files:read"], delivery: "gateway" });
  token = await accessToken(here.core, lent);
});
afterAll(() => here.close());

/** The problem that an agent reads, as a program does. */
interface Taught {
  readonly reason: string;
  readonly next: string;
  readonly fix?: string;
  readonly rule: { kind: string; methods?: string[]; path?: string };
  readonly smallest_grant: { scopes: string[]; labels: string[]; connection_id: string; agent_id: string; url: string } | null;
}

async function refused(path: string, init: RequestInit, reason: string): Promise<Taught> {
  const asked = refusedCalls(here, lent);
  return (await asked(() => call(here.core, token, path, init), 403, "not_allowed", reason)) as unknown as Taught;
}

const graphql = (query: string) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query }) });

describe("a refused call", () => {
  it("tells the rule, the smallest grant that would have done, in names and in words, and where it can be lent", async () => {
    const told = await refused("/api/issues/2/comments", { method: "POST", body: "{}" }, "outside_grant");
    expect(told.rule).toEqual({ kind: "outside_grant", methods: ["POST"], path: "/api/issues/*/comments" });
    expect(told.smallest_grant).toEqual({
      scopes: ["issues:comment"],
      labels: ["Comment on issues"],
      connection_id: lent.connectionId,
      agent_id: lent.bot.agentId,
      url: told.fix,
    });
    expect(told.next).toBe('Ask Ada Lovelace for a grant with "Comment on issues" (issues:comment), if you need it.');
  });

  it("links to a form that is filled in with exactly that", async () => {
    const { smallest_grant } = await refused("/api/issues", { method: "POST" }, "outside_grant");
    const url = new URL(smallest_grant?.url ?? "");
    expect([url.origin, url.pathname]).toEqual([TEST_ISSUER, "/grants/new"]);
    const draft = readDraft({ ...Object.fromEntries(url.searchParams), scopes: url.searchParams.getAll("scopes") });
    expect(draft).toMatchObject({ connection: lent.connectionId, agent: lent.bot.agentId, scopes: ["issues:write"], review: false });
  });

  it("tells of a GraphQL document all that its fields need, also what was lent", async () => {
    const { smallest_grant } = await refused("/graphql", graphql("{ issues { id } viewer { login } }"), "outside_grant");
    expect(smallest_grant).toMatchObject({ scopes: ["profile:read", "issues:read"], labels: ["Read your profile", "Read issues"] });
  });

  it.each([
    ["/api/unknown", { method: "GET" }, "unknown_call"],
    ["/api/issues/../me", { method: "GET" }, "ambiguous_path"],
    ["/api/issues?access_token=x", { method: "GET" }, "credential_in_url"],
    ["/api/issues", { method: "OPTIONS" }, "method_unknown"],
    ["/graphql", graphql("{"), "graphql_unreadable"],
  ] as const)("says of %s that no grant would do", async (path, init, reason) => {
    const told = await refused(path, init, reason);
    expect([told.rule, told.smallest_grant, told.fix]).toEqual([{ kind: reason }, null, undefined]);
  });

  it("sends whoever took less of the grant than it has back to the exchange", async () => {
    const less = await accessToken(here.core, lent, { scope: "issues:read" });
    const answer = await call(here.core, less, "/api/files");
    expect((await answer.json()).next).toBe(
      'The grant has "Read files" (files:read), this token does not: exchange it again without scope, or with that one.',
    );
  });

  it("says when the account itself would have to be connected with more", async () => {
    const { smallest_grant, next, fix } = await refused("/api/members", { method: "GET" }, "outside_grant");
    expect(smallest_grant?.scopes).toEqual(["admin"]);
    expect(next).toMatch(/^Ask Ada Lovelace to connect the account again with "Manage the members of the workspace" \(admin\)/);
    expect(fix).toBe(`${TEST_ISSUER}/connections/${lent.connectionId}`);
  });

  it("repeats nothing that was sent", async () => {
    const sent = "Zm9yZWlnbg";
    for (const [path, init] of [
      [`/api/${sent}?x=${sent}`, { method: "GET" }],
      ["/graphql", graphql(`{ ${sent} }`)],
      [`/api/issues/${sent}/comments`, { method: "POST", body: sent }],
    ] as const)
      expect(await (await call(here.core, token, path, init)).text()).not.toContain(sent);
    expect(await (await send(here.core, `/proxy/${sent}/x`, { headers: bearer(token) })).text()).not.toContain(sent);
    const method = await call(here.core, token, "/api/issues", { method: sent.toUpperCase() });
    expect(await method.text()).not.toContain(sent.toUpperCase());
  });

  it("of a person on their own account has no agent to lend to", async () => {
    const connectionId = await connect(lent.owner, { scopes: ["issues:read"], connectionId: lent.connectionId });
    const headers = bearer(await apiToken(lent.owner));
    const told = await (
      await send(here.core, "/proxy/demo/api/files", { headers: { ...headers, "valet-connection": connectionId } })
    ).json();
    expect([told.reason, told.smallest_grant]).toEqual(["outside_grant", null]);
    await connect(lent.owner, { connectionId });
  });
});

it("a call with a token of a grant that has ended tells how to lend the same anew", async () => {
  const ended = await lend(here, { scopes: ["issues:read", "issues:comment"], delivery: "gateway" });
  const old = await accessToken(here.core, ended);
  await revokeGrant(ended.owner, ended);
  const told = await (await call(here.core, old, "/api/issues")).json();
  expect(told).toMatchObject({
    code: "invalid_grant",
    reason: "grant_revoked",
    smallest_grant: { scopes: ["issues:read", "issues:comment"], connection_id: ended.connectionId, agent_id: ended.bot.agentId },
  });
  expect(told.fix).toBe(told.smallest_grant.url);
});
