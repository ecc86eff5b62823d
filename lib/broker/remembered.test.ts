import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { addAgentSecret } from "../agents/addSecret";
import { revokeCredential } from "../agents/revokeCredential";
import { setSecretsBanned } from "../agents/secretsPolicy";
import { setAgentDpop } from "../agents/setDpop";
import { pauseAgent, resumeAgent } from "../agents/status";
import { disconnectConnection } from "../connections/disconnect";
import type { PersonCtx } from "../ctx";
import { type Database, openDatabase, writingSide } from "../db";
import { narrowGrant } from "../grants/narrow";
import { revokeGrant } from "../grants/revoke";
import { pauseLending, resumeLending } from "../people/lending";
import { suspendPerson } from "../people/status";
import { setUpConnector } from "../setups/setUp";
import { assertion, instanceRecord, keyRecord, newPair } from "../testing/agentKey";
import {
  accessToken,
  CLIENT,
  call,
  exchangeForm,
  exchangeGrant,
  type Lent,
  lend,
  send,
  usesOf,
  type World,
  world,
} from "../testing/builders";
import { hashSecret } from "../tokens/secret";
import { decidedBefore } from "./asBefore";

let here: World;
/** The same database as another process has it: nothing that is changed there is told to this one. */
let elsewhere: Database;
beforeAll(async () => {
  here = await world();
  await instanceRecord(here.core);
  elsewhere = openDatabase(here.core.databaseUrl);
});
afterAll(async () => {
  await elsewhere.close();
  await here.close();
});

const there = <Ctx extends PersonCtx>(ctx: Ctx): Ctx => ({ ...ctx, db: elsewhere.db });
const lent = () => lend(here, { scopes: ["issues:read", "issues:write"], delivery: "gateway" });
/** The first exchange notes that the credential was used, which changes it; what the second came to is kept. */
const familiar = async (one: Lent) => {
  await accessToken(here.core, one);
  return accessToken(here.core, one);
};
const statusOf = async (answer: Promise<Response>) => (await answer).status;

/** The names of the statements that this process sends meanwhile. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const { pool } = writingSide(here.core.db);
  const names: string[] = [];
  const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
  const spy = vi.spyOn(pool, "query").mockImplementation(((asked: { name?: string }, ...rest: unknown[]) => {
    names.push(asked.name ?? "unnamed");
    return query(asked, ...rest);
  }) as never);
  await work();
  spy.mockRestore();
  return names;
}

describe("what was read before", () => {
  it("is not read again by an exchange: the gate alone is asked", async () => {
    const one = await lent();
    await familiar(one);
    expect(await statements(() => accessToken(here.core, one))).toEqual(["admit_at_once"]);
  });

  it("is not read again by a call: who it is and what it may do is the gate's to say", async () => {
    const one = await lent();
    const token = await familiar(one);
    // The first has a token made at the service, which changes the account; the second reads that.
    for (let n = 0; n < 2; n += 1) await call(here.core, token, "/api/issues");
    const names = await statements(async () => expect((await call(here.core, token, "/api/issues")).status).toBe(200));
    expect(names).toEqual(["held_token", "admit_at_once", "settle_use"]);
  });

  it("is read again when somebody is just changing it: whoever waits gets what comes of that", async () => {
    const one = await lent();
    await familiar(one);
    const { pool } = writingSide(elsewhere.db);
    const client = await pool.connect();
    await client.query("begin");
    await client.query("update grants set revoked_at = now(), revoke_reason = 'revoked_by_person' where id = $1", [one.grantId]);
    const asked = exchangeGrant(here.core, one);
    await vi.waitFor(async () => {
      const { rows } = await pool.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into activity%'",
      );
      expect(rows).toHaveLength(1);
    });
    await client.query("commit");
    client.release();
    expect(await (await asked).json()).toMatchObject({ reason: "grant_revoked" });
  });
});

/** What another process does to something that this one remembers, and what an exchange and a call are told from then on. */
const CHANGES: readonly (readonly [what: string, change: (one: Lent) => Promise<unknown>, exchanged: object, called: object])[] = [
  [
    "the grant is revoked",
    ({ owner, grantId }) => revokeGrant(there(owner), { grantId }),
    { reason: "grant_revoked" },
    { reason: "grant_revoked" },
  ],
  [
    "the agent is paused",
    ({ owner, bot }) => pauseAgent(there(owner), { agentId: bot.agentId }),
    { reason: "agent_paused" },
    { reason: "agent_paused" },
  ],
  [
    "the person pauses what they lend",
    ({ owner }) => pauseLending(there(owner), { personId: owner.actor.personId }),
    { reason: "person_paused" },
    { reason: "person_paused" },
  ],
  [
    "the person is suspended",
    ({ owner }) => suspendPerson(there(here.admin), { personId: owner.actor.personId }),
    { reason: "person_suspended" },
    { reason: "person_suspended" },
  ],
  [
    "the account is disconnected",
    ({ owner, connectionId }) => disconnectConnection(there(owner), { connectionId }),
    { reason: "connection_disconnected" },
    { reason: "connection_disconnected" },
  ],
  [
    "the grant is narrowed",
    ({ owner, grantId }) => narrowGrant(there(owner), { grantId, scopes: ["issues:read"] }),
    { scope: "issues:read" },
    { code: "not_allowed" },
  ],
  [
    "its tokens have to be bound to a key",
    ({ owner, bot }) => setAgentDpop(there(owner), { agentId: bot.agentId, dpop: "required" }),
    { reason: "binding_required" },
    { reason: "binding_required" },
  ],
];

describe("what another process changes counts with the very next use:", () => {
  it.each(CHANGES)("%s", async (_what, change, exchanged, called) => {
    const one = await lent();
    const token = await familiar(one);
    const write = () =>
      call(here.core, token, "/api/issues/2/comments", {
        method: "POST",
        body: '{"body":"x"}',
        headers: { "content-type": "application/json" },
      });
    expect([await statusOf(write()), await statusOf(write())]).toEqual([201, 201]);
    await change(one);
    const heard = here.saas.calls.length;
    expect(await (await write()).json()).toMatchObject(called);
    expect(await (await exchangeGrant(here.core, one)).json()).toMatchObject(exchanged);
    // The service is asked for no token by what is not so any more.
    expect(here.saas.calls.length).toBe(heard);
  });

  it("a credential is revoked", async () => {
    const one = await lent();
    await familiar(one);
    const { agentId } = one.bot;
    await addAgentSecret(one.owner, { agentId, name: "second" });
    const [first] = await here.core.db.agentCredential.findMany({ where: { agentId, name: { not: "second" } } });
    await revokeCredential(there(one.owner), { agentId, credentialId: first?.id ?? "" });
    expect(await (await exchangeGrant(here.core, one)).json()).toMatchObject({ error: "invalid_client" });
  });

  it("a key that proves it is revoked", async () => {
    const one = await lent();
    const { agentId } = one.bot;
    const pair = await newPair();
    const credentialId = await keyRecord(here.core, agentId, pair);
    const byKey = async () => {
      const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
      const more = { client_secret: "", client_assertion_type: type, client_assertion: await assertion(here.core, agentId, pair) };
      return exchangeGrant(here.core, one, more);
    };
    for (let n = 0; n < 2; n += 1) expect(await statusOf(byKey())).toBe(200);
    expect(await statements(byKey)).toEqual(["take_once", "admit_at_once"]);
    await revokeCredential(there(one.owner), { agentId, credentialId });
    expect(await (await byKey()).json()).toMatchObject({ error: "invalid_client" });
  });

  it("secrets are banned, and then not", async () => {
    const one = await lent();
    await familiar(one);
    await setSecretsBanned(there(here.admin), { secretsBanned: true });
    expect(await (await exchangeGrant(here.core, one)).json()).toMatchObject({ error: "invalid_client" });
    await setSecretsBanned(there(here.admin), { secretsBanned: false });
    expect(await statusOf(exchangeGrant(here.core, one))).toBe(200);
  });

  it("a ceiling is lowered, and then raised", async () => {
    const one = await lent();
    await familiar(one);
    await setUpConnector(there(here.admin), { connector: "demo", ...CLIENT, ceiling: ["issues:read"] });
    expect(await (await exchangeGrant(here.core, one)).json()).toMatchObject({ scope: "issues:read" });
    await setUpConnector(there(here.admin), { connector: "demo", ...CLIENT, ceiling: [] });
    expect(await (await exchangeGrant(here.core, one)).json()).toMatchObject({ scope: "issues:read issues:write" });
  });

  it("a token of ours is ended", async () => {
    const one = await lent();
    const token = await familiar(one);
    expect(await statusOf(call(here.core, token, "/api/issues"))).toBe(200);
    const { bot } = one;
    const form = new URLSearchParams({ token, client_id: bot.clientId, client_secret: bot.clientSecret });
    expect(await statusOf(send({ ...here.core, db: elsewhere.db }, "/oauth/revoke", { method: "POST", body: form }))).toBe(200);
    expect(await (await call(here.core, token, "/api/issues")).json()).toMatchObject({ reason: "token_revoked" });
  });
});

describe("the same words again", () => {
  const kept = (one: Lent) => decidedBefore(here.core, hashSecret(`\n${exchangeForm(one)}`));

  it("are decided by what they came to before, and are another use all the same", async () => {
    const one = await lent();
    await familiar(one);
    expect(kept(one)).toMatchObject({ caller: { agentId: one.bot.agentId }, scopes: ["issues:read", "issues:write"] });
    const spent = vi.spyOn(here.core.leases, "spend");
    const answer = await exchangeGrant(here.core, one);
    expect(spent).toHaveBeenCalledTimes(1);
    spent.mockRestore();
    const { use_id } = (await answer.json()) as { use_id: string };
    const rows = await usesOf(here.core, one.grantId);
    const { id: _, ...before } = rows.find(({ id }) => id !== use_id) as (typeof rows)[number];
    expect(rows).toHaveLength(3);
    expect(rows.find(({ id }) => id === use_id)).toEqual({ ...before, id: use_id });
  });

  it("prove nobody past the end of their secret, and its use is noted again after a minute", async () => {
    const one = await lent();
    const { prisma } = writingSide(here.core.db);
    const ofAgent = { where: { agentId: one.bot.agentId } };
    await familiar(one);
    here.core.clock.advance({ seconds: 61 });
    await familiar(one);
    const noted = await here.core.db.agentCredential.findFirst(ofAgent);
    expect(noted?.lastUsedAt).toEqual(here.core.clock.now());
    await prisma.agentCredential.updateMany({ ...ofAgent, data: { expiresAt: new Date(here.core.clock.now().getTime() + 30_000) } });
    await familiar(one);
    expect(kept(one)).not.toBeNull();
    here.core.clock.advance({ seconds: 30 });
    expect(await (await exchangeGrant(here.core, one)).json()).toMatchObject({ error: "invalid_client" });
  });

  it("with a run beside them say more, and are decided anew", async () => {
    const one = await lent();
    await familiar(one);
    const headers = { baggage: "valet.run_id=run-beside" };
    expect(await statusOf(send(here.core, "/oauth/token", { method: "POST", body: exchangeForm(one), headers }))).toBe(200);
    expect((await usesOf(here.core, one.grantId)).filter(({ runIdClaimed }) => runIdClaimed === "run-beside")).toHaveLength(1);
  });
});

describe("nobody is refused by what was read before:", () => {
  it("an agent that goes on, and a person who lends again", async () => {
    const one = await lent();
    const { owner, bot } = one;
    const token = await familiar(one);
    const both = async () => [await statusOf(exchangeGrant(here.core, one)), await statusOf(call(here.core, token, "/api/issues"))];
    await pauseAgent(owner, { agentId: bot.agentId });
    expect(await both()).toEqual([400, 403]);
    await resumeAgent(there(owner), { agentId: bot.agentId });
    expect(await both()).toEqual([200, 200]);
    await pauseLending(owner, { personId: owner.actor.personId });
    expect(await both()).toEqual([400, 403]);
    await resumeLending(there(owner), { personId: owner.actor.personId });
    expect(await both()).toEqual([200, 200]);
  });

  it("an agent whose tokens may be bound to nothing again", async () => {
    const one = await lent();
    const token = await familiar(one);
    await setAgentDpop(one.owner, { agentId: one.bot.agentId, dpop: "required" });
    expect(await statusOf(call(here.core, token, "/api/issues"))).toBe(401);
    await setAgentDpop(there(one.owner), { agentId: one.bot.agentId, dpop: "optional" });
    expect(await statusOf(call(here.core, token, "/api/issues"))).toBe(200);
  });
});

describe("a use that is decided twice", () => {
  it("is counted once, and leaves one row", async () => {
    const one = await lent();
    await familiar(one);
    const spent = vi.spyOn(here.core.leases, "spend");
    await narrowGrant(there(one.owner), { grantId: one.grantId, scopes: ["issues:read"] });
    const answer = await send(here.core, "/oauth/token", { method: "POST", body: exchangeForm(one) });
    expect(answer.status).toBe(200);
    expect(spent).toHaveBeenCalledTimes(1);
    spent.mockRestore();
    const rows = await usesOf(here.core, one.grantId);
    expect(rows.map(({ scopes }) => scopes.join(" "))).toEqual(["issues:read issues:write", "issues:read issues:write", "issues:read"]);
  });

  it("sends the body as it came, whether it was read for it or streams", async () => {
    const one = await lent();
    const token = await familiar(one);
    const form = new FormData();
    form.set("body", "in parts");
    const bodies: readonly RequestInit[] = [
      { body: '{"body":"x"}', headers: { "content-type": "application/json" } },
      { body: "body=x", headers: { "content-type": "application/x-www-form-urlencoded" } },
      { body: form },
    ];
    for (const init of bodies) {
      const post = async () => {
        await call(here.core, token, "/api/issues/2/comments", { method: "POST", ...init });
        return here.saas.calls.at(-1);
      };
      const first = await post();
      await pauseLending(there(one.owner), { personId: one.owner.actor.personId });
      await resumeLending(there(one.owner), { personId: one.owner.actor.personId });
      const second = await post();
      expect(second).not.toBe(first);
      expect(second?.status).toBe(first?.status);
    }
  });
});
