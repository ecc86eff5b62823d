import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetTokens } from "../broker/forgetTokens";
import type { PersonCtx } from "../ctx";
import { createPersonalToken } from "../people/personalTokens";
import { signOutEverywhere } from "../people/signOutEverywhere";
import { removePerson, resumePerson, setRole, suspendPerson } from "../people/status";
import { endTerminal, listTerminals } from "../people/terminals";
import { apiToken, bearer, send, watchRows } from "../testing/builders";
import { TEST_START } from "../testing/clock";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { CLI, signInAtTerminal } from "../testing/terminal";
import { newSecret } from "../tokens/secret";

const DEAD = [
  400,
  {
    error: "invalid_grant",
    error_description: "This refresh token is unknown, was used, or has ended. Sign in again.",
    reason: "refresh_token_dead",
  },
];
const SIGNED_OUT = { code: "invalid_token", reason: "terminal_ended", detail: "This terminal is signed out. Sign in again." };

let core: TestCore;
let admin: PersonCtx;
let ada: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  admin = await person(core, { role: "admin" });
});
beforeEach(async () => {
  core.clock.set(TEST_START);
  ada = await person(core);
});
afterAll(() => core.close());

const refresh = (refreshToken: string, more: Record<string, string> = {}) => {
  const body = new URLSearchParams({ grant_type: "refresh_token", client_id: CLI, refresh_token: refreshToken, ...more });
  return send(core, "/oauth/token", { method: "POST", body });
};
const whole = async (answer: Response) => [answer.status, await answer.json()];
interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}
const refreshed = async (refreshToken: string, more: Record<string, string> = {}): Promise<Tokens> => {
  const [status, body] = await whole(await refresh(refreshToken, more));
  expect(status).toBe(200);
  return body;
};
const me = async (accessToken: string) => whole(await send(core, "/api/v1/me", { headers: bearer(accessToken) }));

describe("a refresh token", () => {
  it("is spent for the next tokens, with a row: the same terminal, the same person, what was allowed", async () => {
    const first = await signInAtTerminal(ada);
    core.clock.advance({ minutes: 20 });
    expect(await me(first.accessToken)).toMatchObject([401, { reason: "token_expired" }]);
    const { result, left } = await watchRows(core, () => refresh(first.refreshToken));
    const [status, body] = await whole(result);
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^eyJ/),
        token_type: "Bearer",
        expires_in: 900,
        refresh_token: expect.stringMatching(/^vlt_rt_/),
        scope: "valet:all",
      },
    ]);
    expect(body.refresh_token).not.toBe(first.refreshToken);
    expect(decodeJwt(body.access_token).sid).toBe(decodeJwt(first.accessToken).sid);
    expect(await me(body.access_token)).toMatchObject([200, { id: ada.actor.personId }]);
    expect(left).toMatchObject([{ event: "terminal.refresh", acting: "person", personId: ada.actor.personId, target: "Valet CLI" }]);
    expect(JSON.stringify(left)).not.toMatch(/vlt_|eyJ/);
  });

  it("shown twice ends its whole family, tokens in use included; the row says why", async () => {
    const first = await signInAtTerminal(ada);
    const other = await signInAtTerminal(ada);
    const second = await refreshed(first.refreshToken);
    const third = await refreshed(second.refresh_token);
    const { result, left } = await watchRows(core, () => refresh(second.refresh_token));
    expect(await whole(result)).toEqual(DEAD);
    expect(left).toMatchObject([
      { event: "terminal.end", acting: "system", ownerId: ada.actor.personId, reason: "refresh_token_reused", target: "Valet CLI" },
    ]);
    expect(await whole(await refresh(third.refresh_token))).toEqual(DEAD);
    for (const token of [first.accessToken, second.access_token, third.access_token])
      expect(await me(token)).toMatchObject([401, SIGNED_OUT]);
    expect(await me(other.accessToken)).toMatchObject([200, {}]);
    const { left: again } = await watchRows(core, () => refresh(first.refreshToken));
    expect(again).toEqual([]);
  });

  it("shown by two at once is good for one, and then for nobody", async () => {
    const { refreshToken } = await signInAtTerminal(ada);
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const won = (await (answers.find(({ status }) => status === 200) as Response).json()) as Tokens;
    expect(await me(won.access_token)).toMatchObject([401, SIGNED_OUT]);
    expect(await whole(await refresh(won.refresh_token))).toEqual(DEAD);
  });

  it("gives less when less is asked, and never more than was allowed; what is refused spends nothing", async () => {
    const all = await signInAtTerminal(ada);
    const less = await refreshed(all.refreshToken, { scope: "valet:read" });
    expect(decodeJwt(less.access_token).scope).toBe("valet:read");
    expect(decodeJwt((await refreshed(less.refresh_token)).access_token).scope).toBe("valet:all");
    const read = await signInAtTerminal(ada, "valet:read");
    const beyond = { error: "invalid_scope", error_description: "Ask for valet:read, or leave scope out.", reason: "scope_unknown" };
    for (const scope of ["valet:all", "valet:read valet:all"])
      expect(await whole(await refresh(read.refreshToken, { scope }))).toEqual([400, beyond]);
    expect(decodeJwt((await refreshed(read.refreshToken)).access_token).scope).toBe("valet:read");
  });

  it("ends after thirty days without use, and after ninety however much it is used", async () => {
    const idle = await signInAtTerminal(ada);
    core.clock.advance({ days: 30 });
    expect(await whole(await refresh(idle.refreshToken))).toEqual(DEAD);
    let { refreshToken } = await signInAtTerminal(ada);
    for (const days of [29, 29, 29]) {
      core.clock.advance({ days });
      refreshToken = (await refreshed(refreshToken)).refresh_token;
    }
    core.clock.advance({ days: 2, hours: 23, minutes: 59 });
    const last = await whole(await refresh(refreshToken));
    expect(last).toMatchObject([200, { expires_in: 60 }]);
    core.clock.advance({ minutes: 1 });
    expect(await whole(await refresh(last[1].refresh_token))).toEqual(DEAD);
  });

  it("gets one answer for what is unknown, no refresh token at all, or an agent's", async () => {
    const { token: pat } = await createPersonalToken(ada, { name: "script" });
    const bot = await agent(core, ada);
    for (const token of [newSecret("rt"), "x", pat, bot.clientSecret, "vlt_rt_"]) expect(await whole(await refresh(token))).toEqual(DEAD);
    const { refreshToken } = await signInAtTerminal(ada);
    const byAgent = await refresh(refreshToken, { client_id: bot.clientId, client_secret: bot.clientSecret });
    expect(await whole(byAgent)).toMatchObject([400, { error: "unauthorized_client", reason: "not_a_peoples_client" }]);
    expect(await whole(await refresh(refreshToken, { client_id: bot.clientId }))).toMatchObject([401, { error: "invalid_client" }]);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it("ends with everything else when its person signs out everywhere, is suspended or removed, and stays ended", async () => {
    const personId = ada.actor.personId;
    const ends: (() => Promise<unknown>)[] = [
      () => signOutEverywhere(ada),
      () => suspendPerson(admin, { personId }).then(() => resumePerson(admin, { personId })),
      () => removePerson(admin, { personId }).then(() => resumePerson(admin, { personId })),
    ];
    for (const end of ends) {
      const { accessToken, refreshToken } = await signInAtTerminal(ada);
      await end();
      expect(await whole(await refresh(refreshToken))).toEqual(DEAD);
      expect(await me(accessToken)).toMatchObject([401, SIGNED_OUT]);
      expect(await listTerminals(ada)).toEqual([]);
    }
  });
});

describe("a terminal at the REST API", () => {
  it("is its person's hand, with the role they have now", async () => {
    const { accessToken } = await signInAtTerminal(ada);
    const everyones = () => send(core, "/api/v1/agents?scope=all", { headers: bearer(accessToken) });
    expect((await everyones()).status).toBe(403);
    await setRole(admin, { personId: ada.actor.personId, role: "auditor" });
    expect((await everyones()).status).toBe(200);
    await suspendPerson(admin, { personId: ada.actor.personId });
    expect((await everyones()).status).toBe(401);
  });

  it("changes nothing when it was let in to look", async () => {
    const { accessToken } = await signInAtTerminal(ada, "valet:read");
    const headers = { ...bearer(accessToken), "content-type": "application/json" };
    const register = () =>
      send(core, "/api/v1/agents", { method: "POST", headers, body: JSON.stringify({ name: "Bot", purpose: "Sorts" }) });
    const { result, left } = await watchRows(core, register);
    expect(await whole(result)).toMatchObject([
      403,
      {
        code: "forbidden",
        reason: "insufficient_scope",
        scope: "valet:all",
        detail: "This terminal was let in to look, and not to change anything.",
      },
    ]);
    expect(left).toEqual([]);
    expect((await send(core, "/api/v1/agents", { headers: bearer(accessToken) })).status).toBe(200);
    const [terminal] = await listTerminals(ada);
    const end = await send(core, `/api/v1/terminals/${terminal?.id}`, { method: "DELETE", headers: bearer(accessToken) });
    expect(end.status).toBe(403);
    const whole2 = (await signInAtTerminal(ada)).accessToken;
    const made = { ...headers, ...bearer(whole2) };
    expect(
      (await send(core, "/api/v1/agents", { method: "POST", headers: made, body: JSON.stringify({ name: "Bot", purpose: "Sorts" }) }))
        .status,
    ).toBe(201);
  });

  it("is no way in with a token that says it is one: another place's, or another terminal's", async () => {
    const now = core.clock.now();
    const later = new Date(now.getTime() + 60_000);
    const { accessToken } = await signInAtTerminal(ada);
    const claims = decodeJwt(accessToken) as { sid: string };
    const good = {
      sub: ada.actor.personId,
      client_id: CLI,
      jti: "rft_x",
      scope: "valet:all",
      sid: claims.sid,
      aud: "http://valet.test/api/v1",
    };
    expect((await me(await core.signer.sign(good, now, later)))[0]).toBe(200);
    for (const wrong of [
      { aud: "http://valet.test/proxy/demo" },
      { aud: "http://valet.test" },
      { sid: "rft_01kjpt2v000000000000000000" },
      { sub: admin.actor.personId },
      { client_id: "valet-other" },
      { client_id: ada.actor.personId },
    ]) {
      expect(await me(await core.signer.sign({ ...good, ...wrong }, now, later))).toMatchObject([401, { code: "invalid_token" }]);
    }
    const { sid: _, ...without } = good;
    expect(await me(await core.signer.sign(without, now, later))).toMatchObject([401, SIGNED_OUT]);
  });

  it("is listed to its person, who signs it out with the next request", async () => {
    const { accessToken, refreshToken } = await signInAtTerminal(ada, "valet:read");
    core.clock.advance({ days: 1 });
    const next = await refreshed(refreshToken);
    const [terminal, ...more] = await listTerminals(ada);
    expect([terminal, more]).toEqual([
      {
        id: decodeJwt(accessToken).sid,
        clientName: "Valet CLI",
        scopes: ["valet:read"],
        since: new Date(TEST_START),
        lastUsedAt: core.clock.now(),
        expiresAt: new Date("2026-04-02T09:00:00.000Z"),
      },
      [],
    ]);
    const terminalId = terminal?.id as string;
    const listed = await send(core, "/api/v1/terminals", { headers: bearer(await apiToken(ada)) });
    expect(await whole(listed)).toMatchObject([200, { data: [{ id: terminalId, client_name: "Valet CLI" }] }]);
    const { left } = await watchRows(core, () => endTerminal(ada, { terminalId }));
    expect(left).toMatchObject([{ event: "terminal.end", acting: "person", personId: ada.actor.personId, reason: "ended" }]);
    expect(await me(next.access_token)).toMatchObject([401, SIGNED_OUT]);
    expect(await whole(await refresh(next.refresh_token))).toEqual(DEAD);
    expect((await refusalOf(endTerminal(ada, { terminalId }))).code).toBe("not_found");
    expect(await listTerminals(ada)).toEqual([]);
  });
});

describe("what is over is forgotten", () => {
  it("once its age alone refuses it: a second use is known as long as its family lives", async () => {
    const { refreshToken } = await signInAtTerminal(ada);
    const next = await refreshed(refreshToken);
    core.clock.advance({ days: 20 });
    await forgetTokens(core);
    expect(await core.db.deviceCode.count({ where: { personId: ada.actor.personId } })).toBe(0);
    expect(await whole(await refresh(refreshToken))).toEqual(DEAD);
    expect(await whole(await refresh(next.refresh_token))).toEqual(DEAD);
    core.clock.advance({ days: 72 });
    await forgetTokens(core);
    expect(await core.db.refreshToken.count({ where: { personId: ada.actor.personId } })).toBe(0);
  });
});
