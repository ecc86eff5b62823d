import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { asResponse } from "../net/message";
import { decideTerminal, findWaitingTerminal } from "../people/decideTerminal";
import { createPersonalToken } from "../people/personalTokens";
import { signOutEverywhere } from "../people/signOutEverywhere";
import { resumePerson, suspendPerson } from "../people/status";
import { bearer, send, watchRows } from "../testing/builders";
import { TEST_START } from "../testing/clock";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { ADDRESS, CLI } from "../testing/terminal";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const UNKNOWN = {
  error: "invalid_grant",
  error_description: "This device code is unknown, or was used. Start the sign-in anew.",
  reason: "device_code_unknown",
};

let core: TestCore;
let ada: PersonCtx;
beforeAll(async () => {
  core = await testCore();
});
beforeEach(async () => {
  core.clock.set(TEST_START);
  ada = await person(core);
});
afterAll(() => core.close());

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  send(core, path, { method: "POST", body: new URLSearchParams(form), headers });
const ask = (form: Record<string, string> = {}) => post("/oauth/device_authorization", { client_id: CLI, ...form });
const poll = (deviceCode: string, form: Record<string, string> = {}) =>
  post("/oauth/token", { grant_type: DEVICE, client_id: CLI, device_code: deviceCode, ...form });
const whole = async (answer: Response) => [answer.status, await answer.json()];
const decide = (userCode: string, decision: "allow" | "deny" = "allow", ctx = ada) =>
  decideTerminal(ctx, { userCode, decision, address: ADDRESS });
const start = async (form: Record<string, string> = {}) => (await (await ask(form)).json()) as { device_code: string; user_code: string };

describe("a terminal that asks to be let in", () => {
  it("gets a code for itself and one for its person, which are kept as digests alone", async () => {
    const { result, left } = await watchRows(core, () => ask());
    const body = await result.json();
    expect([result.status, result.headers.get("cache-control"), body]).toEqual([
      200,
      "no-store",
      {
        device_code: expect.stringMatching(/^[\w-]{43}$/),
        user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
        verification_uri: "http://valet.test/device",
        verification_uri_complete: `http://valet.test/device?user_code=${body.user_code}`,
        expires_in: 600,
        interval: 5,
      },
    ]);
    expect(left).toMatchObject([{ event: "terminal.ask", acting: "system", target: "Valet CLI, from 192.0.2.1", personId: null }]);
    const kept = JSON.stringify([await core.db.deviceCode.findMany(), left]);
    for (const secret of [body.device_code, body.user_code, body.user_code.replace("-", "")]) expect(kept).not.toContain(secret);
  });

  it.each([
    [
      { client_id: "valet-other" },
      401,
      "invalid_client",
      "invalid_client",
      "This is not a client that people sign in with. Check client_id.",
    ],
    [{ client_id: "" }, 400, "invalid_request", "client_id_missing", "client_id is missing."],
    [{ scope: "issues:read" }, 400, "invalid_scope", "scope_unknown", "Ask for valet:read or valet:all, or leave scope out."],
    [
      { client_secret: "x" },
      400,
      "unauthorized_client",
      "not_a_peoples_client",
      "This is for people's own clients, which have no secret. Send client_id alone.",
    ],
  ])("is refused, whole answer: %j", async (form, status, error, reason, error_description) => {
    const { result, left } = await watchRows(core, () => ask(form as unknown as Record<string, string>));
    expect(await whole(result)).toEqual([status, { error, error_description, reason }]);
    expect(left).toEqual([]);
  });

  it("is refused by any method but POST, as OAuth says it", async () => {
    for (const path of ["device_authorization", "introspect", "revoke"]) {
      const answer = await send(core, `/oauth/${path}`);
      expect([answer.headers.get("allow"), answer.headers.get("content-type")]).toEqual(["POST", "application/json"]);
      expect(await whole(answer)).toEqual([
        405,
        { error: "invalid_request", error_description: "This endpoint takes POST only.", reason: "method" },
      ]);
    }
  });

  it("has to wait after thirty codes for one address", async () => {
    const from = (address: string) => askFrom(address);
    for (let count = 0; count < 30; count += 1) expect((await from("198.51.100.7")).status).toBe(200);
    const answer = await from("198.51.100.7");
    expect(await whole(answer)).toMatchObject([429, { error: "temporarily_unavailable" }]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(800);
    expect((await from("198.51.100.8")).status).toBe(200);
  });
});

async function askFrom(address: string): Promise<Response> {
  const { answerRequest } = await import("./router");
  const target = "/oauth/device_authorization";
  const request = new Request(`http://valet.test${target}`, { method: "POST", body: new URLSearchParams({ client_id: CLI }) });
  return asResponse(await answerRequest(core, request, { requestId: "req_test", address }, target));
}

describe("a person with the code", () => {
  it("is shown what asks, from where, since when, and what it will be able to do; and nothing is allowed by that", async () => {
    const { device_code, user_code } = await start({ scope: "valet:read" });
    core.clock.advance({ seconds: 30 });
    const shown = await findWaitingTerminal(ada, { userCode: user_code.toLowerCase().replace("-", " "), address: ADDRESS });
    expect(shown).toEqual({
      userCode: user_code,
      clientName: "Valet CLI",
      address: "192.0.2.1",
      askedAt: new Date(TEST_START),
      expiresAt: new Date("2026-03-02T09:10:00.000Z"),
      scope: "valet:read",
      words: "See everything that you can see in Valet. It can change nothing.",
    });
    expect(await whole(await poll(device_code))).toMatchObject([400, { error: "authorization_pending" }]);
  });

  it("lets it in with a row: it gets a token for the REST API and a refresh token, once", async () => {
    const { device_code, user_code } = await start();
    const { left: allowed } = await watchRows(core, () => decide(user_code));
    const personId = ada.actor.personId;
    expect(allowed).toMatchObject([{ event: "terminal.allow", acting: "person", personId, target: "Valet CLI, from 192.0.2.1" }]);
    const { result, left } = await watchRows(core, () => poll(device_code));
    const body = await result.json();
    expect([result.status, result.headers.get("cache-control"), body]).toEqual([
      200,
      "no-store",
      {
        access_token: expect.stringMatching(/^eyJ/),
        token_type: "Bearer",
        expires_in: 900,
        refresh_token: expect.stringMatching(/^vlt_rt_[0-9A-Za-z]{36}$/),
        scope: "valet:all",
      },
    ]);
    const now = Math.floor(core.clock.now().getTime() / 1000);
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ typ: "at+jwt", alg: "ES256" });
    const claims = decodeJwt(body.access_token);
    expect(claims).toEqual({
      iss: "http://valet.test",
      sub: personId,
      aud: "http://valet.test/api/v1",
      client_id: CLI,
      scope: "valet:all",
      jti: expect.stringMatching(/^rft_/),
      sid: claims.jti,
      iat: now,
      exp: now + 900,
    });
    expect(left).toMatchObject([{ event: "terminal.sign_in", acting: "person", personId, scopes: ["valet:all"] }]);
    expect(JSON.stringify([left, await core.db.refreshToken.findMany()])).not.toMatch(/vlt_|eyJ/);
    const me = await send(core, "/api/v1/me", { headers: bearer(body.access_token) });
    expect(await whole(me)).toEqual([200, { id: personId, name: "Ada Lovelace", email: ada.actor.email, role: "member" }]);
    expect(await whole(await poll(device_code))).toEqual([400, UNKNOWN]);
  });

  it("turns it away: it is told so, and never let in after that", async () => {
    const { device_code, user_code } = await start();
    const { left } = await watchRows(core, () => decide(user_code, "deny"));
    expect(left).toMatchObject([{ event: "terminal.deny", personId: ada.actor.personId }]);
    const denied = { error: "access_denied", error_description: "The person turned this terminal away.", reason: "denied" };
    expect(await whole(await poll(device_code))).toEqual([400, denied]);
    expect((await refusalOf(decide(user_code))).code).toBe("not_found");
    expect(await whole(await poll(device_code))).toEqual([400, denied]);
  });

  it("decides once: of two at once, one has the terminal", async () => {
    const bea = await person(core);
    const { user_code } = await start();
    const outcomes = await Promise.allSettled([decide(user_code, "allow", ada), decide(user_code, "allow", bea)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("lets nothing in by their API token", async () => {
    const { user_code } = await start();
    const script: PersonCtx = { ...ada, actor: { ...ada.actor, via: "token" } };
    expect((await refusalOf(decide(user_code, "allow", script))).code).toBe("forbidden");
  });

  it("can try five wrong codes: then a right one is refused as well, and each has its row", async () => {
    const { user_code } = await start();
    const look = (userCode: string) => findWaitingTerminal(ada, { userCode, address: "203.0.113.9" });
    const { left } = await watchRows(core, async () => {
      for (const wrong of ["BBBB-BBBB", "CCCC-CCCC", "not a code", "", "DDDD-DDDD"]) {
        expect(await refusalOf(look(wrong))).toMatchObject({ code: "not_found", reason: "user_code_unknown" });
      }
      expect((await refusalOf(look(user_code))).code).toBe("too_many_requests");
      expect((await refusalOf(decide(user_code))).code).toBe("too_many_requests");
    });
    expect(left.map(({ event, decision, personId }) => [event, decision, personId])).toEqual(
      Array.from({ length: 7 }, () => ["terminal.allow", "refused", ada.actor.personId]),
    );
    expect(JSON.stringify(left)).not.toMatch(/BBBB|CCCC|DDDD/);
    await decide(user_code, "allow", await person(core));
  });

  it("shares twenty wrong codes with everybody at their address, however many try at once", async () => {
    const { user_code } = await start();
    const people = await Promise.all(Array.from({ length: 6 }, () => person(core)));
    const tries = people.flatMap((one) => Array.from({ length: 4 }, () => one));
    const refused = await Promise.all(
      tries.map((one) => refusalOf(findWaitingTerminal(one, { userCode: "BBBB-BBBB", address: "203.0.113.10" }))),
    );
    expect(refused.filter(({ code }) => code === "not_found")).toHaveLength(20);
    const fresh = await person(core);
    const right = (address: string) => findWaitingTerminal(fresh, { userCode: user_code, address });
    expect((await refusalOf(right("203.0.113.10"))).code).toBe("too_many_requests");
    expect(await right("203.0.113.11")).toMatchObject({ userCode: user_code });
  });
});

describe("a terminal that waits", () => {
  it("is told to slow down when it asks too early: five seconds more each time, for good", async () => {
    const { device_code } = await start();
    const pending = (interval: number) => [
      400,
      {
        error: "authorization_pending",
        error_description: "Nobody has decided about this terminal yet.",
        reason: "authorization_pending",
        interval,
      },
    ];
    const slower = (interval: number) => [
      400,
      { error: "slow_down", error_description: `Wait ${interval} seconds between two questions.`, reason: "slow_down", interval },
    ];
    expect(await whole(await poll(device_code))).toEqual(pending(5));
    core.clock.advance({ seconds: 5 });
    expect(await whole(await poll(device_code))).toEqual(pending(5));
    core.clock.advance({ milliseconds: 4999 });
    expect(await whole(await poll(device_code))).toEqual(slower(10));
    core.clock.advance({ seconds: 9 });
    expect(await whole(await poll(device_code))).toEqual(slower(15));
    core.clock.advance({ seconds: 15 });
    expect(await whole(await poll(device_code))).toEqual(pending(15));
  });

  it("is told when its code has ended, let in or not; the person's code ends with it", async () => {
    const [one, two] = [await start(), await start()];
    await decide(two.user_code);
    core.clock.advance({ seconds: 600 });
    for (const { device_code } of [one, two]) {
      expect(await whole(await poll(device_code))).toEqual([
        400,
        { error: "expired_token", error_description: "The code has ended. Start the sign-in anew.", reason: "expired_token" },
      ]);
    }
    expect((await refusalOf(decide(one.user_code))).code).toBe("not_found");
  });

  it("gets its tokens once, however many ask at once", async () => {
    const { device_code, user_code } = await start();
    await decide(user_code);
    const answers = await Promise.all(Array.from({ length: 6 }, () => poll(device_code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
    for (const answer of answers.filter(({ status }) => status === 400)) expect(await answer.json()).toEqual(UNKNOWN);
  });

  it("gets one answer for a code that is unknown and one that is another client's", async () => {
    expect(await whole(await poll("A".repeat(43)))).toEqual([400, UNKNOWN]);
    const { device_code } = await start();
    const other = { error: "invalid_client", error_description: "This is not a client that people sign in with. Check client_id." };
    expect(await whole(await poll(device_code, { client_id: "valet-other" }))).toMatchObject([401, other]);
    const bot = await agent(core, ada);
    const agents = await poll(device_code, { client_id: bot.clientId, client_secret: bot.clientSecret });
    expect(await whole(agents)).toMatchObject([400, { error: "unauthorized_client", reason: "not_a_peoples_client" }]);
    const { token } = await createPersonalToken(ada, { name: "script" });
    const byPerson = await post("/oauth/token", { grant_type: DEVICE, client_id: CLI, device_code }, bearer(token));
    expect(await whole(byPerson)).toMatchObject([400, { error: "unauthorized_client", reason: "not_a_peoples_client" }]);
  });

  it("gets nothing once its person was suspended or signed out everywhere, also after they are back", async () => {
    const admin = await person(core, { role: "admin" });
    for (const end of [
      () => signOutEverywhere(ada),
      async () => {
        await suspendPerson(admin, { personId: ada.actor.personId });
        await resumePerson(admin, { personId: ada.actor.personId });
      },
    ]) {
      const { device_code, user_code } = await start();
      await decide(user_code);
      await end();
      expect(await whole(await poll(device_code))).toMatchObject([400, { error: "access_denied" }]);
    }
  });
});
