import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writingSide } from "../db";
import { accessToken, call, type Lent, lend, send, usesOf, type World, watchRows, world } from "../testing/builders";
import { type RefusedCall, refusedCalls } from "../testing/gateway";

let here: World;
let lent: Lent;
let token: string;
let refused: RefusedCall;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway", scopes: ["profile:read", "issues:read", "files:read", "issues:comment"] });
  token = await accessToken(here.core, lent);
  refused = refusedCalls(here, lent);
});
afterAll(() => here.close());
afterEach(() => here.saas.control.repair());

const api = () => here.saas.calls.filter((one) => !one.path.startsWith("/oauth/"));

describe("a call through the gateway", () => {
  it("reaches the SaaS with the account's token, and its row tells the rule, the hand and what came of it", async () => {
    const { result, left } = await watchRows(here.core, () => call(here.core, token, "/api/issues?page=2&state=open"));
    expect(result.status).toBe(200);
    expect(await result.json()).toHaveLength(4);
    expect(api().at(-1)).toMatchObject({
      method: "GET",
      path: "/api/issues",
      query: "?page=2&state=open",
      credential: "live",
      login: "ada",
    });
    expect(left.filter((row) => row.kind === "use")).toMatchObject([
      {
        event: "gateway.call",
        acting: "agent",
        personId: lent.owner.actor.personId,
        ownerId: lent.owner.actor.personId,
        agentId: lent.bot.agentId,
        grantId: lent.grantId,
        connectionId: lent.connectionId,
        connector: "demo",
        target: "GET /api/issues",
        decision: "allowed",
        reason: "within_grant",
        delivery: "gateway",
        upstreamStatus: 200,
        durationMs: expect.any(Number),
        tokenUseId: expect.stringMatching(/^use_/),
        detail: { scope: "issues:read", rule: { methods: ["GET"], path: "/api/issues" } },
      },
    ]);
    expect(result.headers.get("valet-use-id")).toBe(left.find((row) => row.kind === "use")?.id);
  });

  it("may write what was lent and nothing else, though the account's own token could", async () => {
    const init = { method: "POST", body: '{"body":"from the agent"}', headers: { "content-type": "application/json" } };
    expect((await call(here.core, token, "/api/issues/2/comments", init)).status).toBe(201);
    expect(
      here.saas.control
        .data()
        .issues.find((issue) => issue.id === 2)
        ?.comments.at(-1),
    ).toMatchObject({ body: "from the agent" });
    for (const [method, path] of [
      ["POST", "/api/issues"],
      ["PATCH", "/api/issues/2"],
      ["DELETE", "/api/issues/2"],
      ["POST", "/api/files?name=x"],
    ] as const) {
      const body = await refused(() => call(here.core, token, path, { method }), 403, "not_allowed", "outside_grant");
      expect(body.detail).toMatch(/which was not lent\.$/);
      expect(body.next).toMatch(/^Ask Ada Lovelace for a grant with /);
    }
  });

  it("is refused where no rule knows it, whatever the method", async () => {
    for (const [method, path] of [
      ["GET", "/"],
      ["GET", "/oauth/authorize"],
      ["POST", "/oauth/token"],
      ["GET", "/api/unknown"],
      ["GET", "/API/issues"],
      ["PUT", "/api/issues/1"],
      ["DELETE", "/api/me"],
      ["GET", "/graphql?query={viewer{id}}"],
    ] as const) {
      await refused(() => call(here.core, token, path, { method }), 403, "not_allowed", "unknown_call");
    }
    await refused(() => call(here.core, token, "/api/issues", { method: "OPTIONS" }), 403, "not_allowed", "method_unknown");
  });

  it("may be a HEAD, which answers as the GET without its body, and may be answered 204 or 404", async () => {
    const head = await call(here.core, token, "/api/issues", { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.get("x-total-count")]).toEqual([200, "", "12"]);
    expect(api().at(-1)).toMatchObject({ method: "HEAD" });
    expect((await call(here.core, token, "/api/issues/999")).status).toBe(404);
    const writer = await lend(here, { delivery: "gateway", scopes: ["issues:write"] });
    const gone = await call(here.core, await accessToken(here.core, writer), "/api/issues/12", { method: "DELETE" });
    expect([gone.status, gone.body]).toEqual([204, null]);
    expect((await usesOf(here.core, writer.grantId)).at(-1)).toMatchObject({ target: "DELETE /api/issues/12", upstreamStatus: 204 });
  });

  it.each([
    "/api/issues/../me",
    "/api/./issues",
    "/api/%2e%2e/api/me",
    "/api/%2E%2E%2Fme",
    "/api/issues%2f1",
    "/api//issues",
    "//api/issues",
    "/api/issues/",
    "/api\\issues",
    "/api/issues%5c1",
    "/api/issues/%252e%252e/me",
    "/api/issues/1;x=1",
    "/api/issues#x",
    "/api/issues/%00",
    "/api/issues/%c0%ae",
    "/api/issues?_method=DELETE",
    "/api/issues?X-HTTP-Method-Override=DELETE",
    `/api/issues/${"a".repeat(2100)}`,
  ])("is refused with its row when its address can be read in two ways: %s", async (path) => {
    const init = { headers: { authorization: `Bearer ${token}` } };
    const row = { target: `GET ${path.split("?")[0]}`.slice(0, 500) };
    await refused(() => send(here.core, `/proxy/demo${path}`, init), 403, "not_allowed", "ambiguous_path", row);
  });

  it("is refused when the address carries a token", async () => {
    const path = "/api/issues?access_token=somebody-elses";
    await refused(() => call(here.core, token, path), 403, "not_allowed", "credential_in_url", { target: "GET /api/issues" });
    // The caller's own, under whatever name: it would go to the SaaS.
    await refused(() => call(here.core, token, `/api/issues?page=${token}`), 403, "not_allowed", "credential_in_url");
  });
});

describe("when the SaaS", () => {
  it("refuses a token it gave, a read is tried once more with a fresh one", async () => {
    const grant = await lend(here, { delivery: "gateway", scopes: ["issues:read", "issues:comment"] });
    const own = await accessToken(here.core, grant);
    await endAccessThere(grant);
    const before = api().length;
    expect((await call(here.core, own, "/api/issues")).status).toBe(200);
    expect(
      api()
        .slice(before)
        .map((one) => [one.status, one.credential]),
    ).toEqual([
      [401, "unknown"],
      [200, "live"],
    ]);
    expect((await usesOf(here.core, grant.grantId)).filter((row) => row.event === "gateway.call")).toMatchObject([{ upstreamStatus: 200 }]);
  });

  it("refuses a write, it is not repeated", async () => {
    const grant = await lend(here, { delivery: "gateway", scopes: ["issues:read", "issues:comment"] });
    const own = await accessToken(here.core, grant);
    await endAccessThere(grant);
    const before = api().length;
    const init = { method: "POST", body: '{"body":"once"}', headers: { "content-type": "application/json" } };
    expect((await call(here.core, own, "/api/issues/1/comments", init)).status).toBe(401);
    expect(api().length).toBe(before + 1);
  });

  it("is away, the answer is 502, and the admitted row says what came of it", async () => {
    here.saas.control.breakNext("api", "drop");
    const { result, left } = await watchRows(here.core, () => call(here.core, token, "/api/issues"));
    expect([result.status, await result.json()]).toMatchObject([
      502,
      {
        code: "upstream_failed",
        reason: "upstream_unreachable",
        detail: "Demo Tracker could not be reached. Nothing may have happened there, or it may: read before you repeat a write.",
      },
    ]);
    expect(left).toMatchObject([{ decision: "allowed", reason: "upstream_unreachable", upstreamStatus: null }]);
  });

  it("is in trouble, its own answer comes through", async () => {
    for (const [mode, status] of [
      ["500", 500],
      ["503", 503],
      ["429", 429],
    ] as const) {
      here.saas.control.breakNext("api", mode);
      const answer = await call(here.core, token, "/api/issues");
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, status === 500 ? null : "7"]);
    }
  });
});

/** The SaaS forgets the access token that Valet has stored, and Valet does not know. */
async function endAccessThere({ connectionId }: Lent): Promise<void> {
  const place = { table: "connections", row: connectionId, column: "sealed_access" };
  const data = { sealedAccess: here.core.vault.seal("passing", place, "saas_at_forgotten") };
  await writingSide(here.core.db).prisma.connection.update({ where: { id: connectionId }, data });
}
