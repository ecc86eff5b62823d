import { generateKeyPairSync } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { consentAs } from "../../e2e/fakes/consent";
import { LIKE } from "../../e2e/fakes/profile";
import { beginConnection } from "../connections/begin";
import { completeConnection } from "../connections/complete";
import { disconnectConnection } from "../connections/disconnect";
import type { PersonCtx } from "../ctx";
import { BROWSER, connect, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { loadAppKey } from "./appKey";
import { beginApp } from "./beginApp";
import { loadSaasClient } from "./client";
import { completeApp } from "./completeApp";
import { listConnectors } from "./list";
import { setUpConnector } from "./setUp";

const GITHUB = { ...LIKE.githubApp, pkce: "optional" } as const;

let here: World;
beforeAll(async () => {
  here = await world({
    connector: "github-app",
    profile: GITHUB,
    paths: { accountUrl: "/user", revokeUrl: "/applications/{client_id}/token" },
  });
});
afterAll(() => here.close());
afterEach(() => here.saas.control.repair());

const begin = (more: object = {}, ctx = here.admin) => beginApp(ctx, { connector: "github-app", browserSecret: BROWSER, ...more });
const complete = (query: URLSearchParams, ctx: PersonCtx = here.admin, browserSecret = BROWSER) =>
  completeApp(ctx, { query, browserSecret });

/** GitHub's side of the walk, as a browser does it: the form is posted, and the answer leads back. */
async function agree(form: Awaited<ReturnType<typeof begin>>): Promise<URLSearchParams> {
  const body = new URLSearchParams({ manifest: JSON.stringify(form.manifest) });
  const answer = await fetch(form.postUrl, { method: "POST", body, redirect: "manual" });
  const back = new URL(answer.headers.get("location") ?? "");
  expect(back.origin + back.pathname).toBe("http://valet.test/github-app/callback");
  return back.searchParams;
}

describe("a GitHub App made for an admin", () => {
  it("comes with its secrets sealed, is switched on, and people can connect by it", async () => {
    const { result, left } = await watchRows(here.core, async () => complete(await agree(await begin())));
    expect(result).toEqual({ connector: "github-app", slug: expect.stringMatching(/^app-\d+$/) });
    const client = await loadSaasClient(here.core, "github-app");
    const key = await loadAppKey(here.core, "github-app");
    expect([client.clientId, key.appId]).toEqual([expect.stringMatching(/^Iv23\./), expect.stringMatching(/^\d+$/)]);
    expect(left.map(({ event, decision }) => [event, decision])).toEqual([
      ["connector.begin_app", "allowed"],
      ["connector.app_callback", "allowed"],
      ...left.slice(2).map(() => ["connector.set_up", "allowed"]),
    ]);
    const shown = JSON.stringify([left, await here.core.db.connectorSetup.findMany(), await listConnectors(here.admin), result]);
    for (const secret of [client.clientSecret, key.privateKey, "PRIVATE KEY"]) expect(shown).not.toContain(secret);
    const owner = await person(here.core);
    expect(await connect(owner, { connector: "github-app", scopes: [] })).toMatch(/^con_/);
    expect(here.saas.control.tokens().at(-1)).toMatchObject({ clientId: client.clientId });
    await disconnectAll();
  });

  it("is private, has no hook, and asks for no more than agents may be lent", async () => {
    const { manifest, postUrl } = await begin();
    expect(postUrl).toMatch(new RegExp(`^${here.saas.url}/settings/apps/new\\?state=[\\w-]{43}$`));
    expect(manifest).toMatchObject({ name: "Valet at valet.test", public: false, redirect_url: "http://valet.test/github-app/callback" });
    expect(manifest.callback_urls).toContain("http://valet.test/connect/github-app/callback");
    expect(new Set(Object.values(manifest.default_permissions))).toEqual(new Set(["read"]));
    expect(Object.keys(manifest)).not.toContain("hook_attributes");
    const wider = (await begin({ access: "write" })).manifest.default_permissions;
    expect(wider).toMatchObject({ issues: "write", contents: "write", metadata: "read", members: "read" });
    expect(wider).not.toHaveProperty("administration");
  });

  it("belongs to an organization where the admin names one, and to nothing else", async () => {
    expect((await begin({ organization: "acme-inc" })).postUrl).toContain("/organizations/acme-inc/settings/apps/new?state=");
    for (const organization of ["a/b", "..", "-x", "acme?x", "ac\nme", "a".repeat(40)])
      await expect(begin({ organization })).rejects.toThrow();
  });
});

describe("the walk to a GitHub App", () => {
  it("is for admins alone, and for connectors that are one", async () => {
    for (const role of ["member", "auditor"] as const) {
      const ctx = await person(here.core, { role });
      expect(await refusalOf(begin({}, ctx))).toMatchObject({ code: "forbidden" });
      expect(await refusalOf(complete(await agree(await begin()), ctx))).toMatchObject({ code: "forbidden" });
    }
    expect(await refusalOf(begin({ connector: "slack" }))).toMatchObject({ code: "invalid_request", reason: "not_an_app" });
  });

  it("ends for the admin and in the browser that began it, once, within ten minutes", async () => {
    const other = await person(here.core, { role: "admin" });
    const refused = async (query: URLSearchParams, reason: string, ctx = here.admin, browser = BROWSER) => {
      const before = await here.core.db.connectorSetup.findMany();
      const { result, left } = await watchRows(here.core, () => refusalOf(complete(query, ctx, browser)));
      expect(result).toMatchObject({ code: "forbidden", reason });
      expect(left.at(-1)).toMatchObject({ event: "connector.app_callback", decision: "refused", reason });
      expect(await here.core.db.connectorSetup.findMany()).toEqual(before);
    };
    const fresh = async () => agree(await begin());
    await refused(await fresh(), "other_person", other);
    await refused(await fresh(), "other_browser", here.admin, "another-browser-than-the-one-before-0002");
    await refused(new URLSearchParams({ code: "x" }), "state_unknown");
    await refused(new URLSearchParams({ code: "x", state: "made-up" }), "state_unknown");
    const late = await fresh();
    here.core.clock.advance({ minutes: 10 });
    await refused(late, "state_expired");
    await refused(late, "state_replayed");
    const once = await fresh();
    await complete(once);
    await refused(once, "state_replayed");
  });

  it("is another than that of a connection: neither takes the other's state", async () => {
    const { authorizeUrl } = await beginConnection(here.admin, { connector: "github-app", scopes: [], browserSecret: BROWSER });
    const callback = await consentAs(authorizeUrl, "ada");
    expect(await refusalOf(complete(callback.searchParams))).toMatchObject({ reason: "state_unknown" });
    const query = await agree(await begin());
    const callbackUrl = new URL(`http://valet.test/connect/github-app/callback?${query}`);
    const taken = completeConnection(here.admin, { connector: "github-app", callbackUrl, browserSecret: BROWSER });
    expect(await refusalOf(taken)).toMatchObject({ reason: "connector_swapped" });
  });

  it.each([
    ["code", "", "code_missing"],
    ["code", "../../user", "code_missing"],
    ["code", "unknown", "provider_refused"],
  ])("refuses %s %j: %s", async (name, value, reason) => {
    const query = await agree(await begin());
    query.set(name, value);
    expect(await refusalOf(complete(query))).toMatchObject({ reason });
  });

  it.each([
    ["html", "provider_bad_answer"],
    ["empty", "provider_bad_answer"],
    ["cut_json", "provider_bad_answer"],
    ["200_error", "provider_bad_answer"],
    ["redirect", "provider_bad_answer"],
    ["500", "provider_unreachable"],
    ["drop", "provider_unreachable"],
    ["huge", "provider_unreachable"],
  ] as const)("keeps nothing of an answer that is no app (%s): %s", async (mode, reason) => {
    const before = await here.core.db.connectorSetup.findMany();
    const query = await agree(await begin());
    here.saas.control.breakNext("manifest", mode);
    const { result, left } = await watchRows(here.core, () => refusalOf(complete(query)));
    expect(result).toMatchObject({ code: "upstream_failed", reason });
    expect(left.map(({ event }) => event)).toEqual(["connector.app_callback", "connector.app_callback"]);
    expect(await here.core.db.connectorSetup.findMany()).toEqual(before);
  });

  it("does not put another app under accounts that are connected", async () => {
    const query = await agree(await begin());
    await connect(await person(here.core), { connector: "github-app", scopes: [] });
    expect(await refusalOf(begin())).toMatchObject({ code: "conflict", reason: "app_in_use" });
    expect(await refusalOf(complete(query))).toMatchObject({ code: "conflict", reason: "app_in_use" });
    await disconnectAll();
  });
});

describe("an app's key", () => {
  it("does not stay behind when an admin puts in another client", async () => {
    await complete(await agree(await begin()));
    const { clientId } = await loadSaasClient(here.core, "github-app");
    await setUpConnector(here.admin, { connector: "github-app", clientId });
    expect((await loadAppKey(here.core, "github-app")).privateKey).toContain("PRIVATE KEY");
    await setUpConnector(here.admin, { connector: "github-app", clientId: "valet", clientSecret: "x" });
    expect(await refusalOf(loadAppKey(here.core, "github-app"))).toMatchObject({ code: "not_found", reason: "app_key_missing" });
  });

  it("is an RSA key, or it is not taken", async () => {
    const ec = String(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }));
    for (const privateKey of ["x", ec])
      await expect(
        setUpConnector(here.admin, { connector: "github-app", clientId: "valet", app: { id: "1", slug: "a", privateKey } }),
      ).rejects.toThrow();
  });
});

async function disconnectAll(): Promise<void> {
  const open = await here.core.db.connection.findMany({ where: { status: { not: "disconnected" } } });
  for (const { id } of open) await disconnectConnection(here.admin, { connectionId: id });
}
