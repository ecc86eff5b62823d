import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, writingSide } from "../db";
import { getGrant } from "../grants/list";
import { mintGrant } from "../grants/mint";
import { narrowGrant } from "../grants/narrow";
import { previewGrant } from "../grants/preview";
import { revokeGrant } from "../grants/revoke";
import { grantUsage } from "../grants/usage";
import type { Bounds } from "../policy/bounds";
import {
  accessToken,
  apiToken,
  call,
  exchangeGrant,
  type Lent,
  lend,
  send,
  usesOf,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import type { TestCore } from "../testing/core";
import { refusedCalls } from "../testing/gateway";
import { refusalOf } from "../testing/refusal";
import { testGrant } from "./selfTest";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

const SCOPES = ["profile:read", "issues:read", "issues:comment"];
const bounded = (bounds: Bounds, scopes = SCOPES) => lend(here, { scopes, bounds });
const post = (value: unknown) => ({ method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" } });
const rpc = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params });
const forwarded = () => here.saas.calls.filter((one) => !one.path.startsWith("/oauth/")).length;

describe("a grant that is kept to one issue", () => {
  let lent: Lent;
  let token: string;
  beforeAll(async () => {
    lent = await bounded({ resources: { issue: ["7"] } });
    token = await accessToken(here.core, lent);
  });

  it("reads and comments on it, and the row says what it was about", async () => {
    const { result, left } = await watchRows(here.core, () => call(here.core, token, "/api/issues/7"));
    expect([result.status, await result.json()]).toMatchObject([200, { id: 7 }]);
    expect(left).toMatchObject([
      { decision: "allowed", narrowedBy: "gateway", delivery: "gateway", detail: { scope: "issues:read", resources: ["issue:7"] } },
    ]);
    expect((await call(here.core, token, "/api/issues/7/comments", post({ body: "mine" }))).status).toBe(201);
    expect((await call(here.core, token, "/api/me")).status).toBe(200);
  });

  it("reaches nothing else: not another one, no list, no stream, no GraphQL", async () => {
    const refused = refusedCalls(here, lent);
    const body = await refused(() => call(here.core, token, "/api/issues/8"), 403, "not_allowed", "resource_not_lent");
    expect(body).toMatchObject({
      detail: "This grant is for issue 7 alone. This call is about something else.",
      next: 'Ask Ada Lovelace for a grant with "Read issues" (issues:read) for it, if you need it.',
      smallest_scope: "issues:read",
      smallest_resource: "issue:8",
      bound: { issue: ["7"] },
    });
    const fix = new URL(body.fix ?? "");
    expect([fix.pathname, fix.searchParams.getAll("scopes"), fix.searchParams.getAll("resource")]).toEqual([
      "/grants/new",
      ["issues:read"],
      ["issue:8"],
    ]);
    for (const path of ["/api/issues", "/api/stream"]) {
      const list = await refused(() => call(here.core, token, path), 403, "not_allowed", "resource_unnamed");
      expect(list.next).toBe(
        'Ask Ada Lovelace for a grant with "Read issues" (issues:read) that is not kept to single things, if you need it.',
      );
      expect([list.smallest_grant, new URL(list.fix ?? "").searchParams.has("resource")]).toEqual([
        expect.not.objectContaining({ bounds: expect.anything() }),
        false,
      ]);
    }
    await refused(() => call(here.core, token, "/graphql", post({ query: "{ issues { id } }" })), 403, "not_allowed", "resource_unnamed");
    await refused(() => call(here.core, token, "/api/issues/8/comments", post({ body: "x" })), 403, "not_allowed", "resource_not_lent");
  });

  it("is shown with what it used: each call of a batch by itself, and what they were about", async () => {
    const other = await bounded({ resources: { issue: ["7"] } });
    const its = await accessToken(here.core, other);
    const batch = post([rpc("issues.get", { issue: 7 }), rpc("issues.get", { issue: 7 }), rpc("issues.comment", { issue: 7, body: "x" })]);
    expect((await call(here.core, its, "/rpc", batch)).status).toBe(200);
    const { used } = await grantUsage(other.owner, { grantId: other.grantId });
    expect(used.map(({ scope, calls, resources }) => [scope, calls, resources])).toEqual([
      ["issues:read", 2, ["issue 7"]],
      ["issues:comment", 1, ["issue 7"]],
    ]);
  });

  it("is held to it in every call of a batch, and one that is outside stops them all", async () => {
    const { result, left } = await watchRows(here.core, () =>
      call(here.core, token, "/rpc", post([rpc("issues.get", { issue: 7 }), rpc("issues.comment", { issue: 7, body: "by rpc" })])),
    );
    expect(await result.json()).toMatchObject([{ result: { id: 7 } }, { result: { body: "by rpc" } }]);
    expect(left).toMatchObject([
      {
        detail: {
          scope: "issues:comment",
          calls: 2,
          writes: 1,
          resources: ["issue:7"],
          inner: [
            { method: "POST", path: "/rpc", scope: "issues:read", rpc: "issues.get" },
            { method: "POST", path: "/rpc", scope: "issues:comment", rpc: "issues.comment" },
          ],
        },
      },
    ]);
    const refused = refusedCalls(here, lent);
    const both = post([rpc("issues.get", { issue: 7 }), rpc("issues.comment", { issue: 8, body: "x" })]);
    await refused(() => call(here.core, token, "/rpc", both), 403, "not_allowed", "resource_not_lent");
    await refused(() => call(here.core, token, "/rpc", post(rpc("issues.list"))), 403, "not_allowed", "resource_unnamed");
    await refused(() => call(here.core, token, "/rpc", post(rpc("issues.delete", { issue: 7 }))), 403, "not_allowed", "outside_grant");
    await refused(
      () => call(here.core, token, "/rpc?issue=7", post(rpc("issues.get", { issue: 8 }))),
      403,
      "not_allowed",
      "batch_unreadable",
    );
  });

  it("keeps its bounds in the link to a wider grant, so that the new one is no wider than needed", async () => {
    const body = await refusedCalls(here, lent)(
      () => call(here.core, token, "/api/issues/7", { method: "DELETE" }),
      403,
      "not_allowed",
      "outside_grant",
    );
    expect(new URL(body.fix ?? "").searchParams.getAll("resource")).toEqual(["issue:7"]);
  });

  it("takes no body that the SaaS would read in another way than Valet", async () => {
    const refused = refusedCalls(here, lent);
    const zipped = { ...post({}), headers: { "content-type": "application/json", "content-encoding": "gzip" } };
    await refused(() => call(here.core, token, "/rpc", zipped), 403, "not_allowed", "body_unreadable");
    const bytes = { ...post({}), body: Buffer.from([0x7b, 0xff, 0x7d]) };
    await refused(() => call(here.core, token, "/rpc", bytes), 403, "not_allowed", "body_unreadable");
    const doubled = { ...post({}), body: '{"jsonrpc":"2.0","id":1,"method":"issues.get","params":{"issue":7,"issue":8}}' };
    await refused(() => call(here.core, token, "/rpc", doubled), 403, "not_allowed", "batch_unreadable");
  });
});

describe("a bounded grant", () => {
  it("is shown before it is lent, kept with what was agreed, and told to the agent in plain words", async () => {
    const lent = await bounded({ resources: { issue: ["7", "9"] }, callsPerHour: 100 });
    const words = ["Only issue 7 and 9", "At most 100 calls in an hour"];
    const input = { agentId: lent.bot.agentId, connectionId: lent.connectionId, scopes: SCOPES, lifetime: "1h" as const };
    expect(await previewGrant(lent.owner, { ...input, bounds: { resources: { issue: ["7", "9"] }, callsPerHour: 100 } })).toMatchObject({
      bounds: words,
      narrowedBy: "gateway",
      delivery: "gateway",
      directPossible: false,
    });
    const grant = await getGrant(lent.owner, { grantId: lent.grantId });
    const bounds = { resources: { issue: ["7", "9"] }, callsPerHour: 100 };
    const rules = [
      "Read your profile",
      "Read issues, only issue 7 and 9",
      "Comment on issues, only issue 7 and 9",
      "At most 100 calls in an hour",
      "Everything else is refused",
    ];
    expect(grant).toMatchObject({ bounds, boundWords: words, rules, consent: { shown: { bounds: words } } });
    const basic = Buffer.from(`${lent.bot.clientId}:${lent.bot.clientSecret}`).toString("base64");
    const answer = await send(here.core, "/api/v1/agent/access", { headers: { authorization: `Basic ${basic}` } });
    expect((await answer.json()).access).toMatchObject([{ bounds: { resources: { issue: ["7", "9"] }, calls_per_hour: 100 }, rules }]);
  });

  it("is never handed out as a token of the SaaS, though the SaaS could cut one to its scopes", async () => {
    const lent = await bounded({ callsPerHour: 5 }, ["issues:read"]);
    const body = await (await exchangeGrant(here.core, lent)).json();
    expect(body).toMatchObject({ issued_token_type: "urn:ietf:params:oauth:token-type:access_token", narrowed_by: "gateway" });
    await writingSide(here.core.db).prisma.grant.update({
      where: { id: lent.grantId },
      data: { delivery: "direct", narrowedBy: "provider" },
    });
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({
      narrowed_by: "gateway",
      api_base: expect.stringContaining("/proxy/demo"),
    });
  });

  it("still meets the SaaS's own refusal behind Valet's, where the SaaS can cut a token", async () => {
    const lent = await bounded({ resources: { issue: ["7"] } }, ["issues:read"]);
    expect((await call(here.core, await accessToken(here.core, lent), "/api/issues/7")).status).toBe(200);
    expect(here.saas.calls.at(-1)?.scopes).toEqual(["issues:read"]);
  });

  it("gives nothing when its bounds cannot be read", async () => {
    const lent = await bounded({ callsPerHour: 5 });
    const token = await accessToken(here.core, lent);
    await writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { bounds: { callsPerHour: "many" } } });
    const before = forwarded();
    await call(here.core, token, "/api/issues").catch(() => undefined);
    expect(forwarded()).toBe(before);
  });

  it("can be narrowed further and never widened", async () => {
    const lent = await bounded({ resources: { issue: ["7", "9"] }, callsPerHour: 100 });
    const narrow = (bounds: Bounds) => narrowGrant(lent.owner, { grantId: lent.grantId, scopes: SCOPES, bounds });
    for (const wider of [
      { callsPerHour: 100 },
      { resources: { issue: ["7", "8"] }, callsPerHour: 5 },
      { resources: { issue: ["7"] } },
      { resources: { issue: ["7"] }, callsPerHour: 101 },
    ])
      expect(await refusalOf(narrow(wider))).toMatchObject({ code: "invalid_request", reason: "bounds_beyond_grant" });
    const { left } = await watchRows(here.core, () => narrow({ resources: { issue: ["9"] }, callsPerHour: 50, writesPerRun: 0 }));
    expect(left).toMatchObject([
      { event: "grant.narrow", detail: { boundsTo: { resources: { issue: ["9"] }, callsPerHour: 50, writesPerRun: 0 } } },
    ]);
    const token = await accessToken(here.core, lent);
    expect((await call(here.core, token, "/api/issues/7")).status).toBe(403);
    expect((await call(here.core, token, "/api/issues/9")).status).toBe(200);
    await narrowGrant(lent.owner, { grantId: lent.grantId, scopes: ["issues:read"] });
    expect((await getGrant(lent.owner, { grantId: lent.grantId })).bounds).toEqual({
      resources: { issue: ["9"] },
      callsPerHour: 50,
      writesPerRun: 0,
    });
  });

  it("is lent, shown and narrowed over the REST API in its own spelling", async () => {
    const lent = await bounded({ callsPerHour: 9 });
    const headers = { authorization: `Bearer ${await apiToken(lent.owner)}`, "content-type": "application/json" };
    const ask = async (path: string, body: object) => {
      const answer = await send(here.core, `/api/v1/grants${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return { status: answer.status, body: await answer.json() };
    };
    const input = { agent_id: lent.bot.agentId, connection_id: lent.connectionId, scopes: ["issues:read"], lifetime: "1h" };
    const bounds = { resources: { issue: ["7"] }, calls_per_hour: 5 };
    const minted = await ask("", { ...input, bounds });
    expect(minted).toMatchObject({
      status: 201,
      body: { bounds, bound_words: ["Only issue 7", "At most 5 calls in an hour"], delivery: "gateway" },
    });
    const grantId = minted.body.grant_id;
    expect(await ask(`/${grantId}/narrow`, { scopes: ["issues:read"], bounds: { ...bounds, calls_per_hour: 6 } })).toMatchObject({
      status: 400,
      body: { reason: "bounds_beyond_grant", fields: { bounds: expect.any(String) } },
    });
    expect((await ask(`/${grantId}/narrow`, { scopes: ["issues:read"], bounds: { ...bounds, calls_per_hour: 1 } })).status).toBe(200);
    expect(await ask("", { ...input, bounds: { calls_per_hour: 0 } })).toMatchObject({ status: 400 });
    expect(await ask("", { ...input, bounds: { calls_per_day: 5 } })).toMatchObject({ status: 400 });
  });

  it("is shown shut by its self-test, which says that it could read nothing", async () => {
    // Scopes that the SaaS can cut a token to: it would answer the reading that Valet refuses.
    const lent = await bounded({ resources: { issue: ["7"] } }, ["issues:read"]);
    const { suspended, outcome, note, evidence } = await testGrant(lent.owner, { grantId: lent.grantId });
    expect([suspended, outcome, note]).toEqual([false, "not_proven", expect.stringContaining("kept to single things at Demo Tracker")]);
    expect(evidence.filter(({ outcome }) => outcome !== "as_expected")).toEqual([]);
    expect(evidence).toContainEqual(
      expect.objectContaining({ label: "Read issues", expected: "refused", by: "valet", outcome: "as_expected" }),
    );
  });

  it("is refused, with its row, when nobody could hold an agent to it", async () => {
    const lent = await bounded({ callsPerHour: 5 });
    const input = { agentId: lent.bot.agentId, connectionId: lent.connectionId, lifetime: "1h" as const, scopes: ["issues:read"] };
    const { left } = await watchRows(here.core, () =>
      refusalOf(mintGrant(lent.owner, { ...input, bounds: { resources: { issue: ["seven"] } } })).then(({ reason }) =>
        expect(reason).toBe("resource_name"),
      ),
    );
    expect(left).toMatchObject([{ event: "grant.mint", decision: "refused", reason: "resource_name" }]);
    const direct = { ...input, delivery: "direct" as const, bounds: { callsPerHour: 5 } };
    expect(await refusalOf(mintGrant(lent.owner, direct))).toMatchObject({ reason: "direct_not_possible" });
  });
});

describe("calls in an hour", () => {
  it("are refused beyond the limit, until the first of them is an hour old", async () => {
    const lent = await bounded({ callsPerHour: 3 });
    const token = await accessToken(here.core, lent);
    for (let count = 0; count < 3; count++) expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    const { result } = await watchRows(here.core, () => call(here.core, token, "/api/issues"));
    const body = await result.json();
    expect([result.status, body]).toMatchObject([
      429,
      {
        code: "too_many_requests",
        reason: "calls_per_hour_spent",
        detail: "This grant may make 3 calls in an hour. They are used up.",
        limit: "calls_per_hour",
        most: 3,
      },
    ]);
    const wait = Number(result.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(3590);
    expect(wait).toBeLessThanOrEqual(3660);
    here.core.clock.advance({ seconds: wait - 1 });
    expect((await call(here.core, await accessToken(here.core, lent), "/api/issues")).status).toBe(429);
    here.core.clock.advance({ seconds: 1 });
    expect((await call(here.core, await accessToken(here.core, lent), "/api/issues")).status).toBe(200);
    const rows = (await usesOf(here.core, lent.grantId)).filter((row) => row.event === "gateway.call");
    expect(rows.map((row) => [row.decision, row.reason])).toEqual([
      ...Array.from({ length: 3 }, () => ["allowed", "within_grant"]),
      ...Array.from({ length: 2 }, () => ["refused", "calls_per_hour_spent"]),
      ["allowed", "within_grant"],
    ]);
  });

  it("cannot slip past beside each other, in one process or in two", async () => {
    const lent = await bounded({ callsPerHour: 7 });
    const token = await accessToken(here.core, lent);
    const second = openDatabase(here.core.databaseUrl, { poolMax: 12 });
    const other = { ...here.core, db: second.db } as TestCore;
    const before = forwarded();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => call(index % 2 ? here.core : other, token, "/api/issues")));
    await second.close();
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(33);
    expect(forwarded() - before).toBe(7);
  });

  it("count every call in a batch, and a refused call counts nothing", async () => {
    const lent = await bounded({ callsPerHour: 4 });
    const token = await accessToken(here.core, lent);
    const list = (count: number) => call(here.core, token, "/rpc", post(Array.from({ length: count }, () => rpc("issues.list"))));
    expect((await list(3)).status).toBe(200);
    expect((await list(2)).status).toBe(429);
    expect((await call(here.core, token, "/api/members")).status).toBe(403);
    expect((await list(1)).status).toBe(200);
    expect((await list(1)).status).toBe(429);
    await refusedCalls(here, lent)(() => list(5), 403, "not_allowed", "batch_beyond_limit");
  });

  it("end with the grant: a revoke is what is told, not a limit", async () => {
    const lent = await bounded({ callsPerHour: 4 });
    const token = await accessToken(here.core, lent);
    await revokeGrant(lent.owner, { grantId: lent.grantId });
    await refusedCalls(here, lent)(() => call(here.core, token, "/api/issues"), 403, "invalid_grant", "grant_revoked");
  });
});

describe("changes in a run", () => {
  const comment = (token: string, run?: string) =>
    call(here.core, token, "/api/issues/2/comments", {
      ...post({ body: "x" }),
      headers: { "content-type": "application/json", ...(run ? { baggage: `valet.run_id=${run}` } : {}) },
    });

  it("are refused beyond the limit in each run by itself, and reading goes on", async () => {
    const lent = await bounded({ writesPerRun: 2 });
    const token = await accessToken(here.core, lent);
    const answers = [];
    for (const run of ["one", "one", "one", "two", undefined, undefined, undefined]) answers.push((await comment(token, run)).status);
    expect(answers).toEqual([201, 201, 403, 201, 201, 201, 403]);
    const body = await refusedCalls(here, lent)(() => comment(token, "one"), 403, "not_allowed", "writes_per_run_spent", {
      runIdClaimed: "one",
    });
    expect(body).toMatchObject({
      detail: "This grant may change 2 things in one run. This call would be one more.",
      limit: "writes_per_run",
      most: 2,
    });
    expect((await call(here.core, token, "/api/issues", { headers: { baggage: "valet.run_id=one" } })).status).toBe(200);
  });

  it("cannot slip past beside each other, nor in a batch", async () => {
    const lent = await bounded({ writesPerRun: 3, resources: { issue: ["2"] } });
    const token = await accessToken(here.core, lent);
    const two = post([rpc("issues.comment", { issue: 2, body: "a" }), rpc("issues.comment", { issue: 2, body: "b" })]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => call(here.core, token, "/rpc", two)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await comment(token)).status).toBe(201);
    expect((await comment(token)).status).toBe(403);
  });

  it("may be none", async () => {
    const lent = await bounded({ writesPerRun: 0 });
    const token = await accessToken(here.core, lent);
    await refusedCalls(here, lent)(() => comment(token), 403, "not_allowed", "writes_per_run_spent");
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
  });
});
