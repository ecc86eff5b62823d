import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writingSide } from "../db";
import { setUpConnector } from "../setups/setUp";
import { accessToken, bearer, CLIENT, call, connect, exchangeGrant, lend, usesOf, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { getConnection } from "./list";
import { places } from "./places";
import { accountAccess } from "./refresh";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => {
  here.saas.control.repair();
  here.saas.control.release();
});

const record = (id: string) => here.core.db.connection.findUniqueOrThrow({ where: { id } });
const refreshes = () => here.saas.calls.filter((one) => one.path === "/oauth/token").length;

/** A connection whose access token has ended. */
async function stale() {
  const owner = await person(here.core);
  const connectionId = await connect(owner);
  here.core.clock.advance({ minutes: 20 });
  return { owner, connectionId };
}

/** The access token it has, which counts as refused when it is given to `accountAccess`. */
async function stored(connectionId: string): Promise<string> {
  return here.core.vault.open("passing", places.access(connectionId), (await record(connectionId)).sealedAccess ?? "");
}

async function refreshTokenOf(connectionId: string): Promise<string> {
  return here.core.vault.open("lasting", places.refresh(connectionId), (await record(connectionId)).sealedRefresh ?? "");
}

describe("an account's access", () => {
  it("is the stored one while it is fresh, without asking the SaaS", async () => {
    const connectionId = await connect(await person(here.core));
    const before = refreshes();
    const first = await accountAccess(here.core, connectionId);
    here.core.clock.advance({ seconds: 539 });
    expect(await accountAccess(here.core, connectionId)).toEqual(first);
    expect(refreshes()).toBe(before);
    here.core.clock.advance({ seconds: 1 });
    expect((await accountAccess(here.core, connectionId)).accessToken).not.toBe(first.accessToken);
    expect(refreshes()).toBe(before + 1);
  });

  it("is refreshed once for 64 who ask at the same moment, and serves them all", async () => {
    const { owner, connectionId } = await stale();
    const before = refreshes();
    here.saas.control.hold();
    const { result, left } = await watchRows(here.core, async () => {
      const asked = Array.from({ length: 64 }, () => accountAccess(here.core, connectionId));
      await here.saas.control.held(1);
      here.saas.control.release();
      return Promise.all(asked);
    });
    expect(refreshes()).toBe(before + 1);
    expect(new Set(result.map((one) => one.accessToken)).size).toBe(1);
    expect((await fetch(`${here.saas.url}/api/issues`, { headers: bearer(result[0]?.accessToken ?? "") })).status).toBe(200);
    const who = { acting: "system", personId: null, ownerId: owner.actor.personId, connectionId, connector: "demo" };
    expect(left).toMatchObject([
      { ...who, event: "connection.refresh", target: "Demo Tracker: ada", decision: "allowed", detail: { rotated: true, narrowed: false } },
    ]);
  });

  it("is refreshed once for 64 agents' calls through the gateway, each served and each with its row", async () => {
    const lent = await lend(here, { scopes: ["issues:read", "issues:comment"] });
    const token = await accessToken(here.core, lent);
    here.core.clock.advance({ minutes: 12 });
    const before = refreshes();
    const answers = await Promise.all(Array.from({ length: 64 }, () => call(here.core, token, "/api/issues")));
    expect(answers.map((one) => one.status)).toEqual(Array(64).fill(200));
    expect(refreshes()).toBe(before + 1);
    const calls = (await usesOf(here.core, lent.grantId)).filter((row) => row.event === "gateway.call");
    expect(calls.map((row) => [row.decision, row.upstreamStatus])).toEqual(Array(64).fill(["allowed", 200]));
  });

  it("is stored with its rotated refresh token before anybody gets it: nothing stored, nothing given", async () => {
    const { connectionId } = await stale();
    const kept = await refreshTokenOf(connectionId);
    const before = refreshes();
    const { pool } = writingSide(here.core.db);
    await pool.query(`create function away() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`);
    await pool.query(`create trigger away before update on connections for each row execute function away()`);
    await expect(accountAccess(here.core, connectionId)).rejects.toThrow();
    await pool.query("drop trigger away on connections");
    await pool.query("drop function away");
    expect(await refreshTokenOf(connectionId)).toBe(kept);
    expect(refreshes()).toBe(before);
  });

  it("keeps the old refresh token where the SaaS sends none", async () => {
    const { connectionId } = await stale();
    const kept = await refreshTokenOf(connectionId);
    here.saas.control.behave({ rotation: "stable" });
    await accountAccess(here.core, connectionId);
    expect(await refreshTokenOf(connectionId)).toBe(kept);
    here.saas.control.behave({ rotation: "rotating" });
    here.core.clock.advance({ minutes: 20 });
    await accountAccess(here.core, connectionId);
    expect(await refreshTokenOf(connectionId)).not.toBe(kept);
  });

  it("believes expires_in as text too, and takes an answer without it for access without an end", async () => {
    const { connectionId } = await stale();
    here.saas.control.behave({ expiresIn: "string" });
    const { expiresAt } = await accountAccess(here.core, connectionId);
    expect(expiresAt).toEqual(new Date(here.core.clock.now().getTime() + 600_000));
    here.saas.control.behave({ expiresIn: null });
    here.core.clock.advance({ minutes: 20 });
    expect(await accountAccess(here.core, connectionId)).toMatchObject({ expiresAt: null });
    here.saas.control.behave({ expiresIn: 600 });
  });
});

describe("an answer that is not a token", () => {
  const bad = (what: string) => `Demo Tracker ${what}. Try again; if it stays so, tell an admin.`;
  const PAGE = bad("answered with a web page where a token belongs");
  const AWAY = "Demo Tracker could not be reached. Try again in a minute.";
  it.each([
    ["html", "provider_bad_answer", PAGE],
    ["empty", "provider_bad_answer", bad("answered with nothing")],
    ["cut_json", "provider_bad_answer", bad("gave an answer that stops in the middle")],
    ["redirect", "provider_bad_answer", bad("sent Valet to another address, where it does not follow")],
    ["500", "provider_bad_answer", bad("answered with an error of its own")],
    ["200_error", "provider_refused", 'Demo Tracker refused with "internal_error".'],
    ["429", "provider_refused", 'Demo Tracker refused with "rate_limited".'],
    ["huge", "provider_bad_answer", bad("answered with far more than a token needs")],
    ["drop", "provider_unreachable", AWAY],
  ] as const)(
    "(%s) is named on the connection and in one row, changes nothing else, and the next try works",
    async (mode, reason, message) => {
      const { owner, connectionId } = await stale();
      const before = await record(connectionId);
      here.saas.control.breakAll("token", mode);
      const { result: refusal, left } = await watchRows(here.core, async () => {
        const first = await refusalOf(accountAccess(here.core, connectionId));
        await refusalOf(accountAccess(here.core, connectionId));
        return first;
      });
      expect(refusal).toMatchObject({ code: "upstream_failed", reason, message });
      const row = { event: "connection.refresh", decision: "refused", acting: "system", reason, reasonText: message };
      expect(left).toMatchObject([{ ...row, connectionId, ownerId: owner.actor.personId }]);
      // An answer that nobody can read may have been a token: that is remembered, and nothing else.
      const refreshBeganVersion = reason === "provider_refused" ? null : before.tokenVersion;
      expect(await record(connectionId)).toEqual({ ...before, statusNote: message, refreshBeganVersion });
      expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "active", statusNote: message });
      expect(here.saas.storage.calls).toEqual([]);
      here.saas.control.repair();
      here.core.clock.advance({ seconds: 10 });
      await accountAccess(here.core, connectionId);
      expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "active", statusNote: null });
    },
  );

  it("but a no to Valet's own secret there ends no account: it is the admin's to mend, and then all goes on", async () => {
    const { owner, connectionId } = await stale();
    await setUpConnector(here.admin, { connector: "demo", clientId: CLIENT.clientId, clientSecret: "changed-at-the-saas" });
    const refusal = await refusalOf(accountAccess(here.core, connectionId));
    expect(refusal).toMatchObject({
      code: "upstream_failed",
      reason: "provider_refused",
      message: 'Demo Tracker refused with "invalid_client".',
    });
    expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "active", statusNote: refusal.message });
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT });
    await accountAccess(here.core, connectionId);
    expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "active", statusNote: null });
  });

  it("but is one, with an end that is none, is kept: its rotated refresh token must not be lost", async () => {
    const { owner, connectionId } = await stale();
    for (const expiresIn of [-5, 0, Number.MAX_VALUE * 10]) {
      here.saas.control.behave({ expiresIn });
      expect(await accountAccess(here.core, connectionId, { rejected: await stored(connectionId) })).toMatchObject({ expiresAt: null });
    }
    here.saas.control.behave({ expiresIn: 600 });
    expect((await accountAccess(here.core, connectionId, { rejected: await stored(connectionId) })).expiresAt).not.toBeNull();
    expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "active", statusNote: null });
  });

  it("is told to an agent as a passing trouble, with its row, and nothing leaves", async () => {
    const lent = await lend(here);
    here.core.clock.advance({ minutes: 20 });
    here.saas.control.breakNext("token", "html");
    const answer = await exchangeGrant(here.core, lent);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await answer.json()).toEqual({ error: "temporarily_unavailable", error_description: PAGE, reason: "provider_bad_answer" });
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([{ decision: "refused", reason: "provider_bad_answer", acting: "agent" }]);
  });
});

describe("access that was withdrawn at the SaaS", () => {
  const NEEDS = {
    code: "interaction_required",
    reason: "connection_needs_reconnect",
    message: "The account has to be connected again by its person.",
  };

  it("is asked for once, whoever asks and however often", async () => {
    const { owner, connectionId } = await stale();
    here.saas.control.withdraw("ada");
    const before = refreshes();
    const { result, left } = await watchRows(here.core, () =>
      Promise.all(Array.from({ length: 64 }, () => refusalOf(accountAccess(here.core, connectionId)))),
    );
    for (const refusal of result) expect(refusal).toMatchObject(NEEDS);
    expect(await refusalOf(accountAccess(here.core, connectionId))).toMatchObject(NEEDS);
    expect(refreshes()).toBe(before + 1);
    const note = "Demo Tracker no longer accepts it: access was withdrawn there, or it ended.";
    expect(left).toMatchObject([
      {
        event: "connection.fail",
        acting: "system",
        ownerId: owner.actor.personId,
        connectionId,
        reason: "needs_reconnect",
        reasonText: note,
      },
    ]);
    expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "needs_reconnect", statusNote: note });
  });

  it("tells the agent to send its person, and a reconnect resumes the grant", async () => {
    const lent = await lend(here);
    here.saas.control.withdraw("ada");
    const before = refreshes();
    for (const _ of [1, 2, 3]) {
      const answer = await exchangeGrant(here.core, lent);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({
        error: "interaction_required",
        error_description: NEEDS.message,
        reason: NEEDS.reason,
        next: "Ask the person who lent this to reconnect the account on Valet's Connections page, then try again.",
        error_uri: "http://valet.test/connections",
        fix: `http://valet.test/connections/${lent.connectionId}`,
        smallest_grant: null,
      });
    }
    expect(refreshes()).toBe(before + 1);
    const [first] = await usesOf(here.core, lent.grantId);
    expect(first).toMatchObject({
      decision: "refused",
      reason: NEEDS.reason,
      personId: lent.owner.actor.personId,
      agentId: lent.bot.agentId,
    });
    expect(await connect(lent.owner, { connectionId: lent.connectionId })).toBe(lent.connectionId);
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
  });

  it("takes along what was lent of it: after the reconnect no dead token is handed out", async () => {
    const lent = await lend(here);
    const dead = await accessToken(here.core, lent);
    here.saas.control.withdraw("ada");
    await connect(lent.owner, { connectionId: lent.connectionId });
    const fresh = await accessToken(here.core, lent);
    expect(fresh).not.toBe(dead);
    expect((await fetch(`${here.saas.url}/api/issues`, { headers: bearer(fresh) })).status).toBe(200);
  });

  it("does not undo a reconnect that came in between", async () => {
    const { owner, connectionId } = await stale();
    here.saas.control.withdraw("ada");
    here.saas.control.breakNext("token", "hang");
    const late = refusalOf(accountAccess(here.core, connectionId));
    await here.saas.control.held(1);
    await connect(owner, { connectionId });
    here.saas.control.release();
    expect(await late).toMatchObject({ code: "unavailable", reason: "refresh_overtaken" });
    expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "active" });
    expect((await accountAccess(here.core, connectionId)).accessToken).toMatch(/^saas_at_/);
  });

  it("is found when a SaaS gave nothing to renew with", async () => {
    here.saas.control.behave({ rotation: "none" });
    const { owner, connectionId } = await stale();
    here.saas.control.behave({ rotation: "rotating" });
    expect(await refusalOf(accountAccess(here.core, connectionId))).toMatchObject(NEEDS);
    expect(await getConnection(owner, { connectionId })).toMatchObject({
      status: "needs_reconnect",
      statusNote: "Its access ended and the SaaS gave nothing to renew it with.",
    });
  });
});
