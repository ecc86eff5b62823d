import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LIKE } from "../../e2e/fakes/profile";
import { writingSide } from "../db";
import type { MintInput } from "../grants/preview";
import { revokeGrant } from "../grants/revoke";
import { accessToken, bearer, callAt, exchangeGrant, type Lent, lend, usesOf, type World, world } from "../testing/builders";
import { lentTokenOf } from "../testing/lentToken";

const PERMISSIONS = { issues: "write" } as const;
const shared = { clientId: "valet", permissions: PERMISSIONS, owners: [] };
const ACME = { ...shared, id: 71, account: { id: 501, login: "acme", type: "Organization" as const }, seenBy: ["ada", "linus"] };
const INSTALLATIONS = [
  { ...ACME, repositories: ["acme/site", "acme/shop"] },
  { ...shared, id: 72, account: { id: 2, login: "linus", type: "User" as const }, repositories: ["linus/notes"], seenBy: ["linus"] },
];
const GITHUB = { ...LIKE.githubApp, pkce: "optional", downscopeTells: "truth", refreshKillsDerived: false } as const;

const ISSUES = "/repos/acme/site/issues";
const at = (here: World, token: string, path: string, init: RequestInit = {}) => callAt(here.core, here.connector, token, path, init);
const directly = (here: World, token: string, path: string, init: RequestInit = {}) =>
  fetch(here.saas.url + path, { ...init, headers: bearer(token) });

describe("a GitHub App's token for one grant", () => {
  let here: World;
  beforeAll(async () => {
    const paths = { accountUrl: "/user", revokeUrl: "/applications/{client_id}/token" };
    here = await world({ connector: "github-app", profile: GITHUB, saas: { installations: INSTALLATIONS }, paths });
  });
  afterAll(() => here.close());
  afterEach(() => {
    here.saas.control.repair();
    here.saas.control.behave(GITHUB);
  });
  const lendIssues = (grant: Partial<MintInput> = {}, login = "ada") =>
    lend(here, { scopes: ["issues:read"], ...grant }, undefined, { scopes: [], login });
  const bind = (lent: Lent, ...repository: string[]) =>
    writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { bounds: { resources: { repository } } } });

  it("reads, and GitHub itself refuses the write: two walls stand", async () => {
    const lent = await lendIssues();
    const token = await accessToken(here.core, lent);
    expect(token).toMatch(/^eyJ/);
    expect((await at(here, token, ISSUES)).status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ scopes: ["issues:read"], credential: "live", status: 200 });
    const before = here.saas.calls.length;
    const refused = await at(here, token, ISSUES, { method: "POST", body: "{}" });
    expect([refused.status, (await refused.json()).reason, here.saas.calls.length]).toEqual([403, "outside_grant", before]);
    const narrow = await lentTokenOf(here.core, lent.grantId);
    expect((await directly(here, narrow, ISSUES)).status).toBe(200);
    expect((await directly(here, narrow, ISSUES, { method: "POST", body: '{"title":"x"}' })).status).toBe(403);
    const [exchange, read] = await usesOf(here.core, lent.grantId);
    expect([exchange?.delivery, exchange?.narrowedBy, read?.detail]).toEqual([
      "gateway",
      "provider",
      { rule: expect.anything(), scope: "issues:read", resources: ["repository:acme/site"] },
    ]);
  });

  it("is made once, and is for one grant alone", async () => {
    const [one, other] = [await lendIssues(), await lendIssues()];
    for (const lent of [one, one, other]) expect((await at(here, await accessToken(here.core, lent), ISSUES)).status).toBe(200);
    expect(await here.core.db.lentToken.count({ where: { grantId: one.grantId } })).toBe(1);
    expect(await lentTokenOf(here.core, one.grantId)).not.toBe(await lentTokenOf(here.core, other.grantId));
    expect(await here.core.db.lentToken.count({ where: { handedAt: { not: null } } })).toBe(0);
  });

  it("cannot be wished for by an agent: a refresh may end it", async () => {
    await expect(lendIssues({ delivery: "direct" })).rejects.toMatchObject({ code: "invalid_request", reason: "direct_not_possible" });
  });

  it("is held to the grant's repositories by GitHub as well", async () => {
    const lent = await lendIssues();
    await bind(lent, "acme/site");
    expect((await at(here, await accessToken(here.core, lent), ISSUES)).status).toBe(200);
    const narrow = await lentTokenOf(here.core, lent.grantId);
    expect((await directly(here, narrow, ISSUES)).status).toBe(200);
    expect((await directly(here, narrow, "/repos/acme/shop/issues")).status).toBe(404);
  });

  it("is made anew when the grant's repositories change", async () => {
    const lent = await lendIssues();
    const token = await accessToken(here.core, lent);
    await at(here, token, ISSUES);
    const first = await lentTokenOf(here.core, lent.grantId);
    await bind(lent, "acme/shop");
    here.core.clock.advance({ seconds: 1 });
    await at(here, token, "/repos/acme/shop/issues");
    expect((await directly(here, await lentTokenOf(here.core, lent.grantId), ISSUES)).status).toBe(404);
    expect((await directly(here, first, ISSUES)).status).toBe(200);
  });

  it("is not used after a refresh of the account, which may have ended it", async () => {
    here.saas.control.behave({ refreshKillsDerived: true });
    const lent = await lendIssues();
    const token = await accessToken(here.core, lent);
    expect((await at(here, token, ISSUES)).status).toBe(200);
    const first = await lentTokenOf(here.core, lent.grantId);
    here.core.clock.advance({ seconds: 545 });
    expect((await at(here, await accessToken(here.core, lent), ISSUES)).status).toBe(200);
    expect((await directly(here, first, ISSUES)).status).toBe(401);
    expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId, ending: "left_behind" } })).toBe(1);
  });

  it("is made anew when GitHub no longer takes it, and the agent notices nothing", async () => {
    const lent = await lendIssues();
    const token = await accessToken(here.core, lent);
    await at(here, token, ISSUES);
    const dead = await lentTokenOf(here.core, lent.grantId);
    const basic = `Basic ${btoa("valet:valet-secret-at-the-saas")}`;
    const init = { method: "DELETE", headers: { authorization: basic }, body: JSON.stringify({ access_token: dead }) };
    expect((await fetch(`${here.saas.url}/applications/valet/token`, init)).status).toBe(204);
    here.core.clock.advance({ seconds: 1 });
    expect((await at(here, token, ISSUES)).status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ scopes: ["issues:read"], credential: "live" });
    expect(await lentTokenOf(here.core, lent.grantId)).not.toBe(dead);
    expect(await here.core.db.activity.findMany({ where: { grantId: lent.grantId, event: "lent_token.end" } })).toMatchObject([
      { reason: "rejected" },
    ]);
  });

  it("never counts for longer than the account's own", async () => {
    const lent = await lendIssues();
    await at(here, await accessToken(here.core, lent), ISSUES);
    const connection = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
    const [kept] = await here.core.db.lentToken.findMany({ where: { grantId: lent.grantId } });
    expect(kept?.expiresAt).toEqual(connection.accessExpiresAt);
  });

  it("says that it lives on, when its grant is revoked", async () => {
    const lent = await lendIssues();
    await at(here, await accessToken(here.core, lent), ISSUES);
    const { lentTokens } = await revokeGrant(lent.owner, { grantId: lent.grantId });
    expect(lentTokens).toMatchObject([
      { handed: false, state: "alive", sentence: expect.stringMatching(/^GitHub App cannot end one token alone/) },
    ]);
  });

  /** The call still passes, by the account's own token, and its row says why. */
  async function fellBack(lent: Lent, why: string, path = ISSUES) {
    const token = await accessToken(here.core, lent);
    await at(here, token, path);
    expect(here.saas.calls.at(-1)).toMatchObject({ scopes: GITHUB.appScopes, credential: "live" });
    const uses = await usesOf(here.core, lent.grantId);
    expect(uses.at(-1)).toMatchObject({ decision: "allowed", detail: { account_token: why } });
    expect((await at(here, token, path, { method: "POST", body: "{}" })).status).toBe(403);
    expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId } })).toBe(0);
    return token;
  }

  it.each([
    ["wider", "wider_than_asked"],
    ["nothing", "scope_not_told"],
    ["no_end", "without_end"],
  ] as const)("is not used when the answer is %s: %s", async (downscopeTells, why) => {
    const lent = await lendIssues();
    here.saas.control.behave({ downscopeTells });
    const asked = () => here.saas.calls.filter((call) => call.path.endsWith("/token/scoped")).length;
    const before = asked();
    const token = await fellBack(lent, why);
    expect((await at(here, token, ISSUES)).status).toBe(200);
    expect((await usesOf(here.core, lent.grantId)).at(-1)?.detail).toMatchObject({ account_token: "failed_lately" });
    expect(asked() - before).toBe(1);
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
    ["429", "provider_refused"],
  ] as const)("is named %s: %s, and the account's own takes the call", async (mode, why) => {
    const lent = await lendIssues();
    here.saas.control.breakNext("downscope", mode);
    await fellBack(lent, why);
    expect(here.saas.storage.calls).toEqual([]);
  });

  it("is refused by GitHub for what the app was never given (422)", async () => {
    await fellBack(await lendIssues({ scopes: ["issues:read", "contents:read"] }), "provider_refused");
  });

  it("is not asked for when nobody can tell whose installation is meant", async () => {
    const lent = await lendIssues({}, "linus");
    await fellBack(lent, "target_unclear");
    await here.core.limits.forgive("narrowing", lent.grantId);
    await bind(lent, "acme/site", "linus/notes");
    await fellBack(lent, "target_unclear");
    await here.core.limits.forgive("narrowing", lent.grantId);
    await bind(lent, "linus/notes");
    await at(here, await accessToken(here.core, lent), "/repos/linus/notes/issues");
    expect((await directly(here, await lentTokenOf(here.core, lent.grantId), ISSUES)).status).toBe(404);
  });
});

describe("a token that Box made narrower by exchange", () => {
  let here: World;
  beforeAll(async () => {
    here = await world({ connector: "box", profile: LIKE.box, paths: { accountUrl: "/2.0/users/me" } });
  });
  afterAll(() => here.close());
  afterEach(() => {
    here.saas.control.repair();
    here.saas.control.behave(LIKE.box);
  });
  const FOLDER = "/2.0/folders/0/items";
  const lendFiles = (scopes = ["root_readwrite"]) => lend(here, { scopes: ["root_readonly"] }, undefined, { scopes });

  it("reads, and Box itself refuses the write; the connection stays whole", async () => {
    const lent = await lendFiles();
    const token = await accessToken(here.core, lent);
    expect((await at(here, token, FOLDER)).status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ scopes: ["root_readonly"], credential: "live" });
    expect((await at(here, token, "/2.0/folders", { method: "POST", body: "{}" })).status).toBe(403);
    const narrow = await lentTokenOf(here.core, lent.grantId);
    expect((await directly(here, narrow, FOLDER)).status).toBe(200);
    expect((await directly(here, narrow, "/2.0/folders", { method: "POST", body: "{}" })).status).toBe(403);
    const connection = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
    expect(connection.providerScopes).toEqual(["root_readwrite"]);
  });

  it("is not made where the consent was no wider", async () => {
    const lent = await lendFiles(["root_readonly"]);
    expect((await at(here, await accessToken(here.core, lent), FOLDER)).status).toBe(200);
    expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId } })).toBe(0);
    expect((await usesOf(here.core, lent.grantId)).at(0)).toMatchObject({ narrowedBy: "consent" });
  });

  it.each([
    [{ downscopeTells: "wider" }, "wider_than_asked"],
    [{ downscopeTells: "nothing" }, "scope_not_told"],
    [{ downscopeTells: "no_end" }, "without_end"],
    [{ downscope: "absent" }, "provider_refused"],
  ] as const)("is not used when the answer is %j", async (profile, why) => {
    const lent = await lendFiles();
    here.saas.control.behave(profile);
    expect((await at(here, await accessToken(here.core, lent), FOLDER)).status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ scopes: ["root_readwrite"] });
    expect((await usesOf(here.core, lent.grantId)).at(-1)?.detail).toMatchObject({ account_token: why });
  });

  it("is not waited for when the SaaS is silent: the call passes by the account's own, and its row says why", async () => {
    const lent = await lendFiles();
    const token = await accessToken(here.core, lent);
    here.saas.control.breakNext("token", "hang");
    const fetch: typeof here.core.fetch = (url, init) => here.core.fetch(url, { ...init, signal: AbortSignal.timeout(200) });
    expect((await at({ ...here, core: { ...here.core, fetch } }, token, FOLDER)).status).toBe(200);
    expect((await usesOf(here.core, lent.grantId)).at(-1)?.detail).toMatchObject({ account_token: "provider_timed_out" });
    here.saas.control.release();
  });

  it("leaves an agent that exchanges its grant with the gateway", async () => {
    const body = await (await exchangeGrant(here.core, await lendFiles())).json();
    expect(body).toMatchObject({ narrowed_by: "provider", api_base: "http://valet.test/proxy/box", scope: "root_readonly" });
  });
});
