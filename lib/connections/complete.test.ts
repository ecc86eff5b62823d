import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consentAs } from "../../e2e/fakes/consent";
import type { PersonCtx } from "../ctx";
import { listGrants } from "../grants/list";
import { ALL_SCOPES, BROWSER, connect, lend, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { beginConnection } from "./begin";
import { completeConnection } from "./complete";
import { disconnectConnection } from "./disconnect";
import { getConnection, listConnections } from "./list";

const HELD = ["profile:read", "issues:read", "files:read", "issues:write", "files:write"];

let here: World;
let sent: { url: string; body: string }[] = [];
beforeAll(async () => {
  here = await world({ onFetch: (url, { body }) => void sent.push({ url, body: String(body ?? "") }) });
});
afterAll(() => here.close());

const walk = async (ctx: PersonCtx, connectionId?: string) => {
  const asked = { connector: "demo", scopes: ALL_SCOPES, browserSecret: BROWSER, ...(connectionId ? { connectionId } : {}) };
  return (await beginConnection(ctx, asked)).authorizeUrl;
};
const come = (ctx: PersonCtx, callbackUrl: URL) => completeConnection(ctx, { connector: "demo", callbackUrl, browserSecret: BROWSER });
const sealed = (id: string) => here.core.db.connection.findUniqueOrThrow({ where: { id } });

describe("a person who comes back from a SaaS", () => {
  it("has the account, its tokens sealed, and a row in their own hand", async () => {
    const ada = await person(here.core);
    const callback = await consentAs(await walk(ada), "ada");
    const { result, left } = await watchRows(here.core, () => come(ada, callback));
    expect(result).toEqual({ connectionId: expect.stringMatching(/^con_/), outcome: "connected" });
    expect(await getConnection(ada, result)).toMatchObject({
      connector: "demo",
      accountId: "1",
      accountName: "ada",
      status: "active",
      scopes: ["profile:read", "issues:read", "files:read", "issues:comment", "issues:write", "files:write"],
      ownerId: ada.actor.personId,
      liveGrants: 0,
    });
    const record = await sealed(result.connectionId);
    expect(record.accessExpiresAt).toEqual(new Date(here.core.clock.now().getTime() + 600_000));
    expect(JSON.stringify(record)).not.toMatch(/saas_/);
    const who = { acting: "person", personId: ada.actor.personId, ownerId: ada.actor.personId, decision: "allowed", connector: "demo" };
    expect(left).toMatchObject([
      { ...who, event: "connection.callback" },
      { ...who, event: "connection.create", target: "Demo Tracker: ada", connectionId: result.connectionId, scopes: HELD },
    ]);
    expect(JSON.stringify(left)).not.toMatch(/saas_/);
  });

  it("may have several accounts of one SaaS, and an account may be two people's", async () => {
    const [ada, grace] = [await person(here.core), await person(here.core)];
    const ids = [await connect(ada, { login: "ada" }), await connect(ada, { login: "linus" }), await connect(grace, { login: "ada" })];
    expect(new Set(ids).size).toBe(3);
    expect((await listConnections(ada)).map((one) => one.accountName).sort()).toEqual(["ada", "linus"]);
    expect((await listConnections(grace)).map((one) => one.id)).toEqual([ids[2]]);
  });

  it("renews the connection when they connect the same account again: same id, same grants", async () => {
    const { owner, connectionId, grantId } = await lend(here);
    const before = await sealed(connectionId);
    const { result, left } = await watchRows(here.core, () => connect(owner, { scopes: ["profile:read", "issues:read"] }));
    expect(result).toBe(connectionId);
    expect(await sealed(connectionId)).toMatchObject({
      tokenVersion: before.tokenVersion + 1,
      providerScopes: ["profile:read", "issues:read"],
    });
    expect(left.at(-1)).toMatchObject({ event: "connection.reconnect", connectionId, decision: "allowed" });
    expect(await listGrants(owner)).toMatchObject([{ id: grantId, state: "live" }]);
  });

  it("holds less when they took something out, and more when the SaaS says so", async () => {
    const ada = await person(here.core);
    here.saas.control.behave({ partialConsent: ["issues:write", "files:write"] });
    const connectionId = await connect(ada);
    expect((await getConnection(ada, { connectionId })).scopes).toEqual(["profile:read", "issues:read", "files:read"]);
    here.saas.control.behave({ partialConsent: [], widerConsent: ["files:read"] });
    await connect(ada, { scopes: ["profile:read"] });
    expect((await getConnection(ada, { connectionId })).scopes).toEqual(["profile:read", "files:read"]);
    here.saas.control.behave({ widerConsent: [], omitScope: true });
    await connect(ada, { scopes: ["profile:read", "issues:read"] });
    expect((await getConnection(ada, { connectionId })).scopes).toEqual(["profile:read", "issues:read"]);
    here.saas.control.behave({ omitScope: false });
  });
});

it("reads scopes with commas, spaces or both between them, and a type of token by whatever name", async () => {
  const ada = await person(here.core);
  for (const profile of [
    { answerSeparator: "," },
    { extra: { scope: "profile:read, issues:read" } },
    { extra: { token_type: "BEARER" } },
  ] as const) {
    here.saas.control.behave(profile);
    const connectionId = await connect(ada, { scopes: ["profile:read", "issues:read"] });
    expect((await getConnection(ada, { connectionId })).scopes).toEqual(["profile:read", "issues:read"]);
    here.saas.control.behave({ answerSeparator: " ", extra: {} });
  }
});

describe("a reconnect", () => {
  it("is refused with another account, whose fresh tokens are ended at the SaaS", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada, { login: "ada" });
    const before = await sealed(connectionId);
    const callback = await consentAs(await walk(ada, connectionId), "linus");
    const { result, left } = await watchRows(here.core, () => refusalOf(come(ada, callback)));
    expect(result).toMatchObject({
      code: "conflict",
      reason: "other_account",
      message: "You chose linus, but this connection is for ada. Choose that account, or connect linus as a new one.",
    });
    expect(await sealed(connectionId)).toEqual(before);
    expect(left.at(-1)).toMatchObject({
      event: "connection.create",
      decision: "refused",
      reason: "other_account",
      personId: ada.actor.personId,
    });
    const family = here.saas.control.tokens().at(-1)?.familyId;
    expect(here.saas.control.tokens().filter((token) => token.familyId === family)).toMatchObject([
      { standing: "ended" },
      { standing: "ended" },
    ]);
  });

  it("brings a disconnected account back under its old id", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    await disconnectConnection(ada, { connectionId });
    expect(await connect(ada, { connectionId })).toBe(connectionId);
    expect(await getConnection(ada, { connectionId })).toMatchObject({ status: "active", statusNote: null });
  });
});

describe("nothing is connected", () => {
  const refused = async (ctx: PersonCtx, callback: URL) => {
    const { result, left } = await watchRows(here.core, () => refusalOf(come(ctx, callback)));
    expect(left.at(-1)).toMatchObject({
      event: "connection.create",
      decision: "refused",
      reason: result.reason,
      reasonText: result.message,
    });
    expect(await listConnections(ctx)).toEqual([]);
    return { code: result.code, reason: result.reason, message: result.message };
  };

  it("when the code was used at the SaaS before, which ends what it gave there", async () => {
    const [ada, mallory] = [await person(here.core), await person(here.core)];
    const stolen = await consentAs(await walk(mallory), "ada");
    await come(mallory, stolen);
    const callback = await consentAs(await walk(ada), "ada");
    callback.searchParams.set("code", stolen.searchParams.get("code") ?? "");
    expect(await refused(ada, callback)).toEqual({
      code: "upstream_failed",
      reason: "provider_invalid_grant",
      message: 'Demo Tracker refused with "invalid_grant".',
    });
    expect(here.saas.control.tokens().slice(-2)).toMatchObject([{ standing: "ended" }, { standing: "ended" }]);
  });

  it("when somebody else's code was put into their answer: PKCE tells", async () => {
    const [ada, mallory] = [await person(here.core), await person(here.core)];
    const theirs = await consentAs(await walk(mallory), "linus");
    const callback = await consentAs(await walk(ada), "ada");
    callback.searchParams.set("code", theirs.searchParams.get("code") ?? "");
    expect(await refused(ada, callback)).toMatchObject({ reason: "provider_invalid_grant" });
  });

  it("when the SaaS answers the code with anything but a token; each cause by its name, and nobody is asked elsewhere", async () => {
    const bad = (what: string) => `Demo Tracker ${what}. Try again; if it stays so, tell an admin.`;
    for (const [mode, reason, message] of [
      ["html", "provider_bad_answer", bad("answered with a web page where a token belongs")],
      ["empty", "provider_bad_answer", bad("answered with nothing")],
      ["cut_json", "provider_bad_answer", bad("gave an answer that stops in the middle")],
      ["huge", "provider_bad_answer", bad("answered with far more than a token needs")],
      ["redirect", "provider_bad_answer", bad("sent Valet to another address, where it does not follow")],
      ["200_error", "provider_refused", 'Demo Tracker refused with "internal_error".'],
      ["drop", "provider_unreachable", "Demo Tracker could not be reached. Try again in a minute."],
    ] as const) {
      const ada = await person(here.core);
      const callback = await consentAs(await walk(ada), "ada");
      here.saas.control.breakNext("token", mode);
      expect(await refused(ada, callback)).toEqual({ code: "upstream_failed", reason, message });
    }
    expect(here.saas.storage.calls).toEqual([]);
  });

  it("when the token needs a proof with each call, which Valet cannot make", async () => {
    const ada = await person(here.core);
    here.saas.control.behave({ extra: { token_type: "DPoP" } });
    const callback = await consentAs(await walk(ada), "ada");
    expect(await refused(ada, callback)).toMatchObject({
      reason: "provider_token_type",
      message: "Demo Tracker gave a token of a kind that Valet cannot use. Tell an admin.",
    });
    here.saas.control.behave({ extra: {} });
  });

  it("when the SaaS does not answer in time", async () => {
    const ada = await person(here.core);
    const callback = await consentAs(await walk(ada), "ada");
    const late: typeof fetch = () => Promise.reject(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    expect(await refused({ ...ada, fetch: late }, callback)).toMatchObject({
      reason: "provider_timed_out",
      message: "Demo Tracker did not answer in time. Try again in a minute.",
    });
  });

  it("when the SaaS does not say whose account it is; and the tokens it gave are ended there", async () => {
    for (const mode of ["html", "empty", "500", "drop", "huge", "redirect"] as const) {
      const ada = await person(here.core);
      const callback = await consentAs(await walk(ada), "ada");
      here.saas.control.breakNext("api", mode);
      expect(await refused(ada, callback)).toEqual({
        code: "upstream_failed",
        reason: "account_unknown",
        message: "Demo Tracker did not say whose account this is, so nothing was connected. Try again.",
      });
      expect(here.saas.control.tokens().at(-1)).toMatchObject({ kind: "refresh", standing: "ended" });
    }
    expect(here.saas.storage.calls).toEqual([]);
  });

  it("sends the client's secret by Basic alone, and the verifier in the body alone", async () => {
    sent = [];
    await connect(await person(here.core));
    const [token] = sent.filter(({ url }) => url.endsWith("/oauth/token"));
    expect(token?.url).toBe(`${here.saas.url}/oauth/token`);
    expect([...new URLSearchParams(token?.body).keys()].sort()).toEqual(["code", "code_verifier", "grant_type", "redirect_uri"]);
  });
});
