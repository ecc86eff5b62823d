import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { REPOSITORIES } from "../../e2e/fakes/githubApi";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { guardedDispatcher, guardedFetch } from "../net/guard";
import { setUpConnector } from "../setups/setUp";
import { apiToken, bearer, CLIENT, connect, send, type World, watchRows, world } from "../testing/builders";
import { type TestCore, testCore } from "../testing/core";
import { INSTALLATIONS, installationWorld, LIKE_GITHUB } from "../testing/installation";
import { person } from "../testing/people";
import { type RawApi, startRawApi } from "../testing/rawApi";
import { refusalOf } from "../testing/refusal";
import { disconnectConnection } from "./disconnect";
import { getConnection } from "./list";
import { listResources } from "./listResources";
import { accountAccess } from "./refresh";

const NAMES_OF_ISSUES = 12;

describe("a person who lists what is in an account", () => {
  let here: World;
  beforeAll(async () => {
    here = await world();
  });
  afterAll(() => here.close());
  afterEach(() => here.saas.control.repair());
  const asked = () => here.saas.calls.filter(({ path }) => path === "/api/issues").length;

  it("is shown it as bounds name it, with what it is called there, and leaves a row that names nothing", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    const { result, left } = await watchRows(here.core, () => listResources(ada, { connectionId, kind: "issue" }));
    expect(result).toMatchObject({ outcome: "ok", reason: "resources_listed", sentence: "12 found.", next: null, fix: null });
    expect(result.resources).toHaveLength(NAMES_OF_ISSUES);
    expect(result.resources[0]).toEqual({ id: "12", label: "Drop support for the old import format" });
    const { personId } = ada.actor;
    const row = { event: "connection.list_resources", acting: "person", personId, connectionId, reasonText: "12 found." };
    expect(left).toMatchObject([{ ...row, detail: { kind: "issue", found: 12 } }]);
    for (const { label } of result.resources) expect(JSON.stringify(left)).not.toContain(label);
  });

  it("finds what has a text in its name or its number, in either case", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    const found = async (text: string) => (await listResources(ada, { connectionId, kind: "issue", text })).resources.map(({ id }) => id);
    expect(await found("uMLAUTs")).toEqual(["7"]);
    expect(await found("12")).toEqual(["12"]);
    expect(await found("nothing is called so")).toEqual([]);
  });

  it("has access renewed that the SaaS does not take any more, once, and is told when it is lost", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada, { login: "grace" });
    here.saas.control.end((await accountAccess(here.core, connectionId)).accessToken);
    const { result, left } = await watchRows(here.core, () => listResources(ada, { connectionId, kind: "issue" }));
    expect(result.outcome).toBe("ok");
    expect(left.map(({ event }) => event)).toEqual(["connection.refresh", "connection.list_resources"]);
    here.saas.control.withdraw("grace");
    expect(await listResources(ada, { connectionId, kind: "issue" })).toMatchObject({
      outcome: "failed",
      reason: "connection_needs_reconnect",
      sentence: "Demo Tracker no longer accepts it: access was withdrawn there, or it ended.",
      resources: [],
      fix: `/connections/${connectionId}`,
    });
    expect(await getConnection(ada, { connectionId })).toMatchObject({ status: "needs_reconnect" });
  });

  it("is told which permission is missing, and the SaaS is asked nothing, also where an admin's ceiling withholds it", async () => {
    const ada = await person(here.core);
    const without = await connect(ada, { scopes: ["profile:read", "files:read"] });
    const withheld = await connect(await person(here.core));
    const before = asked();
    const missing = { outcome: "failed", reason: "scope_missing", fix: `/connections/${without}` };
    const told = await listResources(ada, { connectionId: without, kind: "issue" });
    expect(told).toMatchObject(missing);
    expect(told.sentence).toContain('To list them Valet needs "Read issues"');
    const { personId } = (await here.core.db.connection.findUniqueOrThrow({ where: { id: withheld } })) as { personId: string };
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT, ceiling: ["files:read"] });
    try {
      const owner = { ...ada, actor: { ...ada.actor, personId } };
      expect(await listResources(owner, { connectionId: withheld, kind: "issue" })).toMatchObject({ reason: "scope_missing" });
    } finally {
      await setUpConnector(here.admin, { connector: "demo", ...CLIENT, ceiling: [] });
    }
    expect(asked()).toBe(before);
  });

  it.each([
    ["403 from the SaaS", "issues:read", "provider_forbade", /does not let this account list them/],
    ["503", "503", "provider_unreachable", /did not answer in time/],
    ["500", "500", "provider_unreachable", /did not answer in time/],
    ["a cut line", "drop", "provider_unreachable", /did not answer in time/],
    ["429", "429", "provider_busy", /asks to wait/],
    ["a page of HTML", "html", "provider_odd", /no list/],
    ["nothing", "empty", "provider_odd", /no list/],
    ["half a list", "cut_json", "provider_odd", /no list/],
    ["an answer without end", "huge", "provider_odd", /no list/],
    ["a redirect", "redirect", "provider_odd", /no list/],
    ["an error with a 200", "200_error", "provider_odd", /no list/],
  ] as const)("is told of %s in a sentence, and nothing changes", async (_what, mode, reason, sentence) => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    if (mode === "issues:read") {
      const { accessToken } = here.saas.control.issue({ login: "ada", scopes: ["profile:read"] });
      const sealedAccess = here.core.vault.seal(
        "passing",
        { table: "connections", row: connectionId, column: "sealed_access" },
        accessToken,
      );
      await writingSide(here.core.db).prisma.connection.update({ where: { id: connectionId }, data: { sealedAccess } });
    } else here.saas.control.breakAll("api", mode);
    const { result, left } = await watchRows(here.core, () => listResources(ada, { connectionId, kind: "issue" }));
    expect(result).toMatchObject({ outcome: "failed", reason, sentence: expect.stringMatching(sentence), resources: [], next: null });
    expect(left).toMatchObject([{ event: "connection.list_resources", reason, reasonText: result.sentence }]);
    expect(await getConnection(ada, { connectionId })).toMatchObject({ status: "active", health: "healthy" });
  });

  it("waits no longer than Valet's own deadline", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    const deadline = new AbortController();
    const spy = vi.spyOn(AbortSignal, "timeout").mockReturnValue(deadline.signal);
    try {
      here.saas.control.breakAll("api", "hang");
      const listing = listResources(ada, { connectionId, kind: "issue" });
      await here.saas.control.held(1);
      deadline.abort(new DOMException("Too long", "TimeoutError"));
      expect(await listing).toMatchObject({ outcome: "failed", reason: "provider_unreachable" });
      expect(spy).toHaveBeenCalledWith(10_000);
    } finally {
      spy.mockRestore();
      here.saas.control.release();
    }
  });

  it("is refused another person's, also as an admin, and asks the SaaS nothing", async () => {
    const connectionId = await connect(await person(here.core));
    const before = asked();
    for (const other of [await person(here.core), here.admin])
      for (const kind of ["issue", "nonsense"])
        expect(await refusalOf(listResources(other, { connectionId, kind }))).toMatchObject({ code: "not_found" });
    expect(asked()).toBe(before);
  });

  it("is told of an account that was disconnected, and of a connector that was switched off", async () => {
    const ada = await person(here.core);
    const [gone, off] = [await connect(ada), await connect(ada, { login: "linus" })];
    await disconnectConnection(ada, { connectionId: gone });
    expect(await listResources(ada, { connectionId: gone, kind: "issue" })).toMatchObject({ reason: "connection_disconnected" });
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT, enabled: false });
    try {
      expect(await listResources(ada, { connectionId: off, kind: "issue" })).toMatchObject({ outcome: "failed", reason: "connector_off" });
    } finally {
      await setUpConnector(here.admin, { connector: "demo", ...CLIENT, enabled: true });
    }
  });

  it("is refused a kind that there is not, with no row", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    const { result, left } = await watchRows(here.core, () => refusalOf(listResources(ada, { connectionId, kind: "bucket" })));
    expect(result).toMatchObject({ code: "invalid_request", reason: "resource_kind_unknown" });
    expect(left).toEqual([]);
  });

  it("waits after twenty in a minute", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada, { scopes: ["profile:read"] });
    for (let times = 0; times < 20; times += 1) await listResources(ada, { connectionId, kind: "issue" });
    expect(await refusalOf(listResources(ada, { connectionId, kind: "issue" }))).toMatchObject({
      code: "too_many_requests",
      message: expect.stringMatching(/^Too many lists of this account\. Wait /),
    });
  });

  it("can do so by REST, and is told no token", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    const headers = { ...bearer(await apiToken(ada)), "content-type": "application/json" };
    const body = JSON.stringify({ kind: "issue", text: "umlauts" });
    const answer = await send(here.core, `/api/v1/connections/${connectionId}/resources`, { method: "POST", headers, body });
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ outcome: "ok", resources: [{ id: "7", label: "Search ignores umlauts" }], next: null });
    expect(text).not.toMatch(/saas_(at|rt)_/);
  });
});

describe("a list of many pages", () => {
  let here: World;
  beforeAll(async () => {
    const paths = { accountUrl: "/user", revokeUrl: "/applications/{client_id}/token" };
    here = await world({ connector: "github-app", profile: LIKE_GITHUB, saas: { installations: INSTALLATIONS }, paths });
  });
  afterAll(() => here.close());
  afterEach(() => here.saas.control.repair());
  const connected = async () => {
    const ada = await person(here.core);
    return { ada, connectionId: await connect(ada, { connector: "github-app", scopes: [] }) };
  };
  const pages = () => here.saas.calls.filter(({ path }) => path === "/user/repos").length;

  it("is walked to its end", async () => {
    const { ada, connectionId } = await connected();
    const before = pages();
    const { resources, next } = await listResources(ada, { connectionId, kind: "repository" });
    expect([resources.map(({ id }) => id), next, pages() - before]).toEqual([[...REPOSITORIES], null, 2]);
  });

  it("goes on where a page before ended, and is found in by text over all of it", async () => {
    const { ada, connectionId } = await connected();
    const page = await listResources(ada, { connectionId, kind: "repository", cursor: "2" });
    expect(page.resources.map(({ id }) => id)).toEqual(REPOSITORIES.slice(100));
    const found = await listResources(ada, { connectionId, kind: "repository", text: "ARCHIVE-126" });
    expect(found).toMatchObject({ resources: [{ id: "acme/archive-126" }], next: null });
  });
});

describe("an API that answers whatever it likes", () => {
  let api: RawApi;
  let core: TestCore;
  let ada: PersonCtx;
  beforeAll(async () => {
    api = await startRawApi();
    const upstream = guardedDispatcher(new Set(["127.0.0.1"]));
    const endpoints = { slack: { apiBaseUrl: api.url }, github: { apiBaseUrl: api.url } };
    core = await testCore({ upstream, fetch: guardedFetch(upstream), settings: { endpoints } });
    const admin = await person(core, { role: "admin" });
    for (const connector of ["slack", "github"]) await setUpConnector(admin, { connector, ...CLIENT });
    ada = await person(core);
  });
  afterAll(async () => {
    await core.close();
    await api.close();
  });
  /** A connection with a token that has no end, as if the person had walked there. */
  const connectedAt = async (connector: string, providerScopes: string[]): Promise<string> => {
    const id = newId("con", core.clock.now());
    const sealedAccess = core.vault.seal("passing", { table: "connections", row: id, column: "sealed_access" }, "token-of-ada");
    const whose = { personId: ada.actor.personId, connector, accountId: id, accountName: "ada" };
    const data = { id, ...whose, providerScopes, sealedAccess, connectedAt: core.clock.now() };
    await writingSide(core.db).prisma.connection.create({ data });
    return id;
  };
  const json = (body: unknown, headers: Record<string, string> = {}, status = 200) =>
    api.answer((_, response) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body)));

  it("leads nobody away: the next page is asked of the connector's own host, and three pages are the most", async () => {
    const connectionId = await connectedAt("github", ["repo"]);
    const before = api.requests.length;
    api.answer((request, response) => {
      const page = Number(new URL(request.url ?? "", api.url).searchParams.get("page") ?? 1);
      const link = `<https://evil.test/steal?page=${page + 1}>; rel="next"`;
      response.writeHead(200, { "content-type": "application/json", link }).end(JSON.stringify([{ full_name: `acme/page-${page}` }]));
    });
    const listed = await listResources(ada, { connectionId, kind: "repository" });
    expect(listed).toMatchObject({ sentence: "3 found, and there are more.", next: "4" });
    expect(api.requests.slice(before).map(({ url, headers }) => [url, headers.authorization])).toEqual(
      ["", "&page=2", "&page=3"].map((page) => [`/user/repos?per_page=100&sort=pushed${page}`, "Bearer token-of-ada"]),
    );
  });

  it("keeps what was found when a later page does not come, and asks for that one again", async () => {
    const connectionId = await connectedAt("github", ["repo"]);
    api.answer((request, response) => {
      if (request.url?.includes("page=2")) return response.writeHead(502).end("Bad gateway");
      response.writeHead(200, { link: '<https://api.github.com/user/repos?page=2>; rel="next"' }).end('[{"full_name":"acme/site"}]');
    });
    expect(await listResources(ada, { connectionId, kind: "repository" })).toMatchObject({
      outcome: "ok",
      resources: [{ id: "acme/site" }],
      next: "2",
    });
  });

  it("is believed when it says no with a 200, and told apart", async () => {
    const connectionId = await connectedAt("slack", ["channels:read"]);
    const list = () => listResources(ada, { connectionId, kind: "channel" });
    for (const [error, reason] of [
      ["missing_scope", "provider_forbade"],
      ["ratelimited", "provider_busy"],
      ["fatal_error", "provider_odd"],
    ]) {
      json({ ok: false, error, channels: [{ id: "C024BE91L", name: "general" }] });
      expect(await list(), error).toMatchObject({ outcome: "failed", reason, resources: [] });
    }
    json({ channels: [{ id: "C024BE91L", name: "general" }] });
    expect(await list(), "no ok").toMatchObject({ outcome: "failed", reason: "provider_odd" });
    json({ ok: true, channels: [{ id: "C024BE91L", name: "general" }] });
    expect(await list()).toMatchObject({ outcome: "ok", resources: [{ id: "C024BE91L", label: "#general" }] });
    json({ ok: false, error: "token_revoked" });
    expect(await list()).toMatchObject({ outcome: "failed", reason: "connection_needs_reconnect" });
  });

  it("tells a spent limit from a permission that is missing, where both are a 403", async () => {
    const connectionId = await connectedAt("github", ["repo"]);
    json({ message: "API rate limit exceeded" }, { "x-ratelimit-remaining": "0" }, 403);
    expect(await listResources(ada, { connectionId, kind: "repository" })).toMatchObject({ reason: "provider_busy" });
    json({ message: "Resource not accessible" }, { "x-ratelimit-remaining": "41" }, 403);
    expect(await listResources(ada, { connectionId, kind: "repository" })).toMatchObject({ reason: "provider_forbade" });
  });
});

it("lists the repositories of an installation by the app's own key", async () => {
  const here = await installationWorld();
  try {
    const ada = await person(here.core);
    const connectionId = await connect(ada, { connector: "github-app-installation", scopes: ["metadata:read", "issues:read"] });
    expect((await listResources(ada, { connectionId, kind: "repository" })).resources.map(({ id }) => id)).toEqual([
      "acme/site",
      "acme/shop",
    ]);
  } finally {
    await here.close();
  }
});
