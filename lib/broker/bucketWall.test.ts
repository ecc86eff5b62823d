import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LIKE } from "../../e2e/fakes/profile";
import { narrowInTurn } from "../connections/lend";
import { places } from "../connections/places";
import { googleCloud } from "../connectors/googleCloud";
import { writingSide } from "../db";
import type { MintInput } from "../grants/preview";
import { compileBoundary } from "../policy/boundary";
import { loadSaasClient } from "../setups/client";
import { accessToken, bearer, callAt, exchangeGrant, type Lent, lend, usesOf, type World, world } from "../testing/builders";
import { lentTokenOf } from "../testing/lentToken";
import { testGrant } from "./selfTest";

const AUTH = "https://www.googleapis.com/auth";
const [READ, CHANGE, ALL] = [`${AUTH}/devstorage.read_only`, `${AUTH}/devstorage.read_write`, `${AUTH}/cloud-platform`];
const PROFILE = { ...LIKE.googleCloud, accessTokenSeconds: 3600 };
const OBJECTS = "/storage/v1/b/acme-reports/o";
const OTHER = "/storage/v1/b/acme-payroll/o";

let here: World;
let lost: Error | null = null;
const asked: { url: string; form: URLSearchParams }[] = [];
beforeAll(async () => {
  here = await world({
    connector: "google-cloud",
    profile: PROFILE,
    paths: { accountUrl: "/userinfo", boundaryUrl: "/v1/token" },
    onFetch: (url, { body }) => {
      if (lost && url.endsWith("/v1/token")) throw lost;
      asked.push({ url, form: new URLSearchParams(String(body ?? "")) });
    },
  });
});
afterAll(() => here.close());
afterEach(() => {
  lost = null;
  here.saas.control.repair();
  here.saas.control.behave({ ...PROFILE, extra: {}, expiresIn: undefined } as never);
});

const at = (token: string, path: string, init: RequestInit = {}) => callAt(here.core, here.connector, token, path, init);
const directly = async (token: string, path: string, init: RequestInit = {}) =>
  (await fetch(here.saas.url + path, { ...init, headers: bearer(token) })).status;
const boundaries = () => here.saas.calls.filter(({ path }) => path === "/v1/token");
const keptTo = (...bucket: string[]) => ({ resources: { bucket } });

/** A grant of what reads in one bucket, out of an account that may do everything. */
const lendBucket = (grant: Partial<MintInput> = {}, scopes = ["openid", "email", ALL]) =>
  lend(here, { scopes: [READ], bounds: keptTo("acme-reports"), ...grant }, undefined, { scopes });

describe("a grant that is kept to a bucket", () => {
  it("reads there by a token that Google itself keeps to it: two walls stand", async () => {
    const lent = await lendBucket();
    const token = await accessToken(here.core, lent);
    const read = await at(token, OBJECTS);
    expect([read.status, await read.json()]).toEqual([200, { kind: "objects.list", bucket: "acme-reports" }]);
    const before = here.saas.calls.length;
    const refused = await at(token, OTHER);
    expect([refused.status, (await refused.json()).reason, here.saas.calls.length]).toEqual([403, "resource_not_lent", before]);
    const bounded = await lentTokenOf(here.core, lent.grantId);
    const there = ["", "/o", "/o/a.csv"].map((end) => directly(bounded, `/storage/v1/b/acme-reports${end}`));
    expect(await Promise.all(there)).toEqual([200, 200, 200]);
    expect(await directly(bounded, OTHER)).toBe(403);
    expect(await directly(bounded, "/storage/v1/b")).toBe(403);
    expect(await directly(bounded, `${OBJECTS}/a.csv`, { method: "DELETE" })).toBe(403);
    const [, use] = await usesOf(here.core, lent.grantId);
    expect(use).toMatchObject({ decision: "allowed", narrowedBy: "gateway", detail: { resources: ["bucket:acme-reports"] } });
    expect(use?.detail).not.toHaveProperty("account_token");
  });

  it("is asked for as Google wants it, with the account's token and without any client's proof", async () => {
    const lent = await lendBucket({ scopes: [CHANGE], bounds: keptTo("acme-reports", "acme.logs") });
    asked.length = 0;
    await at(await accessToken(here.core, lent), OBJECTS);
    const [one, ...more] = asked;
    expect([one?.url, more]).toEqual([`${here.saas.url}/v1/token`, []]);
    const { subject_token, options, ...rest } = Object.fromEntries(one?.form ?? []);
    const type = "urn:ietf:params:oauth:token-type:access_token";
    const grant_type = "urn:ietf:params:oauth:grant-type:token-exchange";
    expect(rest).toEqual({ grant_type, requested_token_type: type, subject_token_type: type });
    expect(await directly(subject_token ?? "", OTHER)).toBe(200);
    const availablePermissions = ["inRole:roles/storage.objectUser", "inRole:roles/storage.legacyBucketReader"];
    const accessBoundaryRules = ["acme-reports", "acme.logs"].map((name) => ({
      availableResource: `//storage.googleapis.com/projects/_/buckets/${name}`,
      availablePermissions,
    }));
    expect(JSON.parse(options ?? "")).toEqual({ accessBoundary: { accessBoundaryRules } });
  });

  it("changes within its buckets, and copies out of them to nowhere else", async () => {
    const lent = await lendBucket({ scopes: [CHANGE], bounds: keptTo("acme-reports", "acme-logs") });
    const token = await accessToken(here.core, lent);
    const copy = (to: string) => `${OBJECTS}/a.csv/copyTo/b/${to}/o/a.csv`;
    expect((await at(token, copy("acme-logs"), { method: "POST" })).status).toBe(200);
    expect((await at(token, `${OBJECTS}/a.csv`, { method: "DELETE" })).status).toBe(200);
    for (const path of [copy("acme-payroll"), copy("acme-payroll").replace("copyTo", "rewriteTo")]) {
      const refused = await at(token, path, { method: "POST" });
      expect([refused.status, (await refused.json()).reason]).toEqual([403, "resource_not_lent"]);
    }
    const bounded = await lentTokenOf(here.core, lent.grantId);
    expect(await directly(bounded, copy("acme-payroll"), { method: "POST" })).toBe(403);
    expect(await directly(bounded, copy("acme-logs"), { method: "POST" })).toBe(200);
  });

  it("names a bucket in every call: neither the list of all nor the rest of an upload passes", async () => {
    const token = await accessToken(here.core, await lendBucket({ scopes: [CHANGE] }));
    const list = await at(token, "/storage/v1/b?project=acme");
    expect([list.status, (await list.json()).reason]).toEqual([403, "resource_unnamed"]);
    const rest = await at(token, "/upload/storage/v1/b/acme-reports/o?upload_id=x", { method: "PUT", body: "x" });
    expect([rest.status, (await rest.json()).reason]).toEqual([403, "resource_beyond"]);
  });

  it("is tested against Google itself by the token that the gateway uses, which opens nothing else there", async () => {
    const lent = await lendBucket();
    const before = here.saas.calls.length;
    const { suspended, evidence } = await testGrant(lent.owner, { grantId: lent.grantId });
    const bySaas = evidence.filter((one) => one.by === "saas");
    expect([suspended, bySaas.map(({ expected, outcome }) => [expected, outcome])]).toEqual([
      false,
      [
        ["refused", "as_expected"],
        ["refused", "as_expected"],
      ],
    ]);
    const tried = here.saas.calls.slice(before).map(({ path, status }) => `${path} ${status}`);
    expect(tried.sort()).toEqual(["/bigquery/v2/projects 403", "/v1/token 200", "/v3/projects:search 403"]);
  });

  it("is lent with no other scope, and never as a token", async () => {
    const refused = { code: "invalid_scope", reason: "scope_not_enforceable" };
    for (const scope of [`${AUTH}/bigquery.readonly`, `${AUTH}/cloud-platform.read-only`, ALL])
      await expect(lendBucket({ scopes: [READ, scope] })).rejects.toMatchObject(refused);
    await expect(lendBucket({ delivery: "direct" })).rejects.toMatchObject({ reason: "direct_not_possible" });
    const lent = await lendBucket();
    const body = await (await exchangeGrant(here.core, lent)).json();
    expect(body).toMatchObject({ narrowed_by: "gateway", api_base: "http://valet.test/proxy/google-cloud" });
    const before = boundaries().length;
    await at(body.access_token, OBJECTS);
    expect(boundaries().length - before).toBe(1);
    expect(body.access_token).not.toBe(await lentTokenOf(here.core, lent.grantId));
    expect(await here.core.db.lentToken.count({ where: { handedAt: { not: null } } })).toBe(0);
  });
});

describe("the token for a bucket", () => {
  it("is made once, ends with the account's own within the hour, and leaves a row", async () => {
    const lent = await lendBucket();
    const token = await accessToken(here.core, lent);
    const before = boundaries().length;
    for (let call = 0; call < 3; call += 1) expect((await at(token, OBJECTS)).status).toBe(200);
    expect(boundaries().length - before).toBe(1);
    const connection = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
    const [kept, ...more] = await here.core.db.lentToken.findMany({ where: { grantId: lent.grantId } });
    expect([kept?.expiresAt, more]).toEqual([connection.accessExpiresAt, []]);
    expect(await here.core.db.activity.findMany({ where: { grantId: lent.grantId, event: "lent_token.create" } })).toMatchObject([
      { scopes: [READ], detail: { boundary: ["bucket:acme-reports"] } },
    ]);
    expect(connection.providerScopes).toContain(ALL);
  });

  it("cannot be handed out, whoever asks for that: nobody said what it opens", async () => {
    const lent = await lendBucket();
    const boundary = compileBoundary(googleCloud, [ALL], [READ], keptTo("acme-reports"));
    if (boundary === null || typeof boundary === "string") throw new Error("There is no wish.");
    const client = await loadSaasClient(here.core, "google-cloud");
    const handedUntil = new Date(here.core.clock.now().getTime() + 3_600_000);
    const whose = { grantId: lent.grantId, personId: lent.owner.actor.personId, connectionId: lent.connectionId, accountName: "ada" };
    const what = { by: "provider" as const, scopes: [READ], repositories: null, handedUntil };
    const wish = { ...boundary, url: `${here.saas.url}/v1/token` };
    expect(await narrowInTurn(here.core, client, { ...whose, ...what, boundary: wish })).toBe("scope_not_told");
    expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId } })).toBe(0);
  });

  it("ends sooner where Google says so", async () => {
    const lent = await lendBucket();
    here.saas.control.behave({ expiresIn: 600 });
    await at(await accessToken(here.core, lent), OBJECTS);
    const [kept] = await here.core.db.lentToken.findMany({ where: { grantId: lent.grantId } });
    expect(kept?.expiresAt).toEqual(new Date(here.core.clock.now().getTime() + 600_000));
  });

  it("is made anew when the grant is kept to another bucket", async () => {
    const lent = await lendBucket();
    const token = await accessToken(here.core, lent);
    await at(token, OBJECTS);
    const bounds = keptTo("acme-payroll");
    await writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { bounds } });
    here.core.clock.advance({ seconds: 1 });
    expect([(await at(token, OTHER)).status, (await at(token, OBJECTS)).status]).toEqual([200, 403]);
    const bounded = await lentTokenOf(here.core, lent.grantId);
    expect([await directly(bounded, OTHER), await directly(bounded, OBJECTS)]).toEqual([200, 403]);
  });

  it("is made anew when Google no longer takes it, and the agent notices nothing", async () => {
    const lent = await lendBucket();
    const token = await accessToken(here.core, lent);
    await at(token, OBJECTS);
    const dead = await lentTokenOf(here.core, lent.grantId);
    here.saas.control.end(dead);
    here.core.clock.advance({ seconds: 1 });
    expect((await at(token, OBJECTS)).status).toBe(200);
    const fresh = await lentTokenOf(here.core, lent.grantId);
    expect([fresh === dead, await directly(fresh, OTHER)]).toEqual([false, 403]);
  });
});

describe("where no token for a bucket is to be had", () => {
  /** The call still passes by a token of the whole account, the gateway refuses the rest, and the row says why. */
  async function fellBack(lent: Lent, why: string, scopes: readonly string[] = ["openid", "email", ALL]) {
    const token = await accessToken(here.core, lent);
    expect((await at(token, OBJECTS)).status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ path: OBJECTS, scopes, credential: "live" });
    expect((await usesOf(here.core, lent.grantId)).at(-1)).toMatchObject({ decision: "allowed", detail: { account_token: why } });
    const before = here.saas.calls.length;
    expect([(await at(token, OTHER)).status, here.saas.calls.length]).toEqual([403, before]);
    return token;
  }

  it.each([
    ["html", "provider_bad_answer"],
    ["empty", "provider_bad_answer"],
    ["cut_json", "provider_bad_answer"],
    ["200_error", "provider_bad_answer"],
    ["redirect", "provider_bad_answer"],
    ["huge", "provider_bad_answer"],
    ["drop", "provider_unreachable"],
    ["500", "provider_bad_answer"],
    ["429", "provider_refused"],
  ] as const)("an answer that is %s is named %s", async (mode, why) => {
    const lent = await lendBucket();
    here.saas.control.breakNext("downscope", mode);
    const token = await fellBack(lent, why);
    const before = boundaries().length;
    expect((await at(token, OBJECTS)).status).toBe(200);
    expect((await usesOf(here.core, lent.grantId)).at(-1)?.detail).toMatchObject({ account_token: "failed_lately" });
    expect(boundaries().length).toBe(before);
    expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId } })).toBe(0);
    expect(here.saas.storage.calls).toEqual([]);
  });

  it.each([
    [new DOMException("too slow", "TimeoutError"), "provider_timed_out"],
    [new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { name: "ForbiddenDestination" }) }), "destination_forbidden"],
  ] as const)("what never came back is named: %s", async (error, why) => {
    const lent = await lendBucket();
    lost = error;
    await fellBack(lent, why);
  });

  it("a service that is not there, a token of another kind, and one without any end are named", async () => {
    const absent = await lendBucket();
    here.saas.control.behave({ downscope: "absent" });
    await fellBack(absent, "provider_refused");
    const other = await lendBucket();
    here.saas.control.behave({ downscope: "boundary", extra: { issued_token_type: "urn:ietf:params:oauth:token-type:jwt" } });
    await fellBack(other, "provider_token_type");
    here.saas.control.behave({ extra: {}, accessTokenSeconds: null });
    await fellBack(await lendBucket(), "without_end");
  });

  it("Google is not asked where the account has no cloud-platform scope, or for more buckets than it takes", async () => {
    const before = boundaries().length;
    const scopes = ["openid", "email", CHANGE];
    await fellBack(await lendBucket({ scopes: [CHANGE] }, scopes), "boundary_without_source", scopes);
    const ten = Array.from({ length: 10 }, (_, number) => `acme-${number}`);
    await fellBack(await lendBucket({ bounds: keptTo("acme-reports", ...ten) }), "boundary_too_many");
    expect(boundaries().length).toBe(before);
  });

  it("a token that Google has ended before its time is renewed, and the connection stays as it is", async () => {
    const lent = await lendBucket();
    const stored = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
    here.saas.control.end(here.core.vault.open("passing", places.access(lent.connectionId), stored.sealedAccess as never));
    await fellBack(lent, "provider_invalid_grant");
    const connection = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
    expect([connection.status, connection.statusNote, connection.providerScopes]).toEqual(["active", null, stored.providerScopes]);
  });

  it("the one that a refresh narrowed is used, where the account has that scope by name", async () => {
    const lent = await lendBucket({}, ["openid", "email", ALL, READ]);
    here.saas.control.breakNext("downscope", "html");
    await fellBack(lent, "provider_bad_answer", ["openid", "email", READ]);
    const narrow = await lentTokenOf(here.core, lent.grantId);
    expect([await directly(narrow, OTHER), await directly(narrow, `${OTHER}/a.csv`, { method: "DELETE" })]).toEqual([200, 403]);
  });
});

it("a grant that is not kept to buckets is narrowed as before, without the service being asked", async () => {
  const before = boundaries().length;
  const lent = await lend(here, { scopes: [READ], delivery: "gateway" }, undefined, { scopes: ["openid", "email", ALL, READ] });
  expect((await at(await accessToken(here.core, lent), OTHER)).status).toBe(200);
  expect(here.saas.calls.at(-1)).toMatchObject({ scopes: ["openid", "email", READ] });
  expect(boundaries().length).toBe(before);
});
