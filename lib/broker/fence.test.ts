import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { setOwners } from "../agents/owners";
import { pauseAgent } from "../agents/status";
import { disconnectConnection } from "../connections/disconnect";
import { openDatabase, writingSide } from "../db";
import { getGrant } from "../grants/list";
import { revokeGrant } from "../grants/revoke";
import { pauseLending } from "../people/lending";
import { suspendPerson } from "../people/status";
import { accessToken, call, exchangeGrant, type Lent, lend, usesOf, type World, world } from "../testing/builders";
import { agent, person } from "../testing/people";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => here.saas.control.release());

/** Everything that ends an agent's authority, and what the agent is told then. */
const ENDINGS: [what: string, end: (lent: Lent) => Promise<unknown>, reason: string][] = [
  ["the grant is revoked", (lent) => revokeGrant(lent.owner, lent), "grant_revoked"],
  ["an admin revokes it", (lent) => revokeGrant(here.admin, lent), "grant_revoked"],
  ["the agent is paused", (lent) => pauseAgent(here.admin, { agentId: lent.bot.agentId }), "agent_paused"],
  ["the person is suspended", (lent) => suspendPerson(here.admin, { personId: lent.owner.actor.personId }), "person_suspended"],
  ["the person pauses all that they lend", (lent) => pauseLending(lent.owner, lent.owner.actor), "person_paused"],
  ["the agent's owner is suspended", suspendOwner, "owner_suspended"],
  ["both of the agent's owners are suspended", suspendBothOwners, "owner_suspended"],
  ["the agent is handed to somebody who is suspended then", handOverAndSuspend, "owner_suspended"],
];

async function suspendBothOwners(lent: Lent): Promise<void> {
  const { bot } = lent;
  const second = await person(here.core);
  await setOwners(here.admin, { ...bot, secondOwner: second.actor.email });
  await suspendPerson(here.admin, second.actor);
  await suspendOwner(lent);
}

async function handOverAndSuspend({ bot }: Lent): Promise<void> {
  const next = await person(here.core);
  await setOwners(here.admin, { ...bot, owner: next.actor.email });
  await suspendPerson(here.admin, next.actor);
}

async function suspendOwner({ bot }: Lent): Promise<void> {
  const { ownerId } = await here.core.db.agent.findUniqueOrThrow({ where: { id: bot.agentId } });
  await suspendPerson(here.admin, { personId: ownerId });
}

async function lendToAnother(delivery: "direct" | "gateway"): Promise<Lent> {
  return lend(here, { delivery }, await agent(here.core, await person(here.core)));
}

describe("an exchange that has read the grant, and waits for the SaaS while", () => {
  it.each(ENDINGS)("%s, is refused, and no token leaves", async (_what, end, reason) => {
    const lent = await lendToAnother("direct");
    here.saas.control.hold();
    const exchange = exchangeGrant(here.core, lent);
    await here.saas.control.held(1);
    await end(lent);
    here.saas.control.release();
    const answer = await exchange;
    const body = await answer.json();
    expect([answer.status, body.error, body.reason]).toEqual([400, "invalid_request", reason]);
    expect(JSON.stringify(body)).not.toMatch(/saas_|eyJ/);
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([
      { event: "token.exchange", acting: "agent", decision: "refused", reason },
    ]);
  });

  it("the account is disconnected, either has its token ended by that or is refused", async () => {
    const lent = await lendToAnother("direct");
    here.saas.control.hold();
    const exchange = exchangeGrant(here.core, lent);
    await here.saas.control.held(1);
    const disconnect = disconnectConnection(lent.owner, lent);
    here.saas.control.release();
    const answer = await exchange;
    await disconnect;
    if (answer.status !== 200) expect(await answer.json()).toMatchObject({ reason: "connection_disconnected" });
    const live = here.saas.control.tokens().filter((token) => token.standing === "live" && token.login === "ada");
    expect(live.filter((token) => token.familyId === here.saas.control.tokens().at(-1)?.familyId)).toEqual([]);
  });

  it("the grant is revoked, leaves no token behind that is said to be in the agent's hands", async () => {
    const lent = await lendToAnother("direct");
    here.saas.control.hold();
    const exchange = exchangeGrant(here.core, lent);
    await here.saas.control.held(1);
    await revokeGrant(lent.owner, lent);
    here.saas.control.release();
    expect((await exchange).status).toBe(400);
    expect((await getGrant(lent.owner, lent)).lentTokens.filter((token) => token.state === "alive")).toEqual([]);
  });
});

describe("a call through the gateway that waits for its token while", () => {
  it.each(ENDINGS)("%s, is refused, and the SaaS's API hears nothing", async (_what, end, reason) => {
    const lent = await lendToAnother("gateway");
    const token = await accessToken(here.core, lent);
    here.saas.control.hold();
    const before = here.saas.calls.filter((one) => one.path.startsWith("/api/issues")).length;
    const pending = call(here.core, token, "/api/issues");
    await here.saas.control.held(1);
    await end(lent);
    here.saas.control.release();
    const answer = await pending;
    expect([answer.status, (await answer.json()).reason]).toEqual([403, reason]);
    expect(here.saas.calls.filter((one) => one.path.startsWith("/api/issues")).length).toBe(before);
    expect((await usesOf(here.core, lent.grantId)).at(-1)).toMatchObject({ event: "gateway.call", decision: "refused", reason });
  });
});

describe("an agent that has a second owner", () => {
  it("goes on with an exchange under way while the owner is suspended, and stops with the next when the other is too", async () => {
    const [owner, second] = [await person(here.core), await person(here.core)];
    const lent = await lend(here, { delivery: "direct" }, await agent(here.core, owner, { secondOwner: second }));
    here.saas.control.hold();
    const exchange = exchangeGrant(here.core, lent);
    await here.saas.control.held(1);
    await suspendPerson(here.admin, owner.actor);
    here.saas.control.release();
    expect((await exchange).status).toBe(200);
    await suspendPerson(here.admin, second.actor);
    const answer = await exchangeGrant(here.core, lent);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "owner_suspended"]);
  });
});

describe("a use that reaches the gate while what it rests on is being ended, not yet committed,", () => {
  it("waits, and is refused when that was the last owner", async () => {
    const owner = await person(here.core);
    const lent = await lend(here, { delivery: "gateway" }, await agent(here.core, owner));
    const answer = await useDuring(lent, "update people set status = 'suspended' where id = $1", owner.actor.personId);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "owner_suspended"]);
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([{ decision: "refused", reason: "owner_suspended" }]);
  });

  it("waits, and is refused when what its person lends was paused", async () => {
    const lent = await lendToAnother("gateway");
    const answer = await useDuring(lent, "update people set lending_paused_at = now() where id = $1", lent.owner.actor.personId);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "person_paused"]);
  });

  it.each([
    ["its self-test found it open", "update grants set suspended_at = now() where id = $1", "grantId", "grant_untested"],
    ["it was revoked", "update grants set revoked_at = now() where id = $1", "grantId", "grant_revoked"],
    ["it ended", "update grants set expires_at = created_at where id = $1", "grantId", "grant_expired"],
    [
      "its account was disconnected",
      "update connections set status = 'disconnected' where id = $1",
      "connectionId",
      "connection_disconnected",
    ],
    ["its key ended", "update connections set key_ends_at = connected_at where id = $1", "connectionId", "key_ended"],
  ] as const)("waits, and is refused when meanwhile %s", async (_what, sql, which, reason) => {
    const lent = await lendToAnother("gateway");
    const answer = await useDuring(lent, sql, lent[which]);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, reason]);
  });

  it("goes by the second owner, and waits for nobody", async () => {
    const [owner, second] = [await person(here.core), await person(here.core)];
    const lent = await lend(here, { delivery: "gateway" }, await agent(here.core, owner, { secondOwner: second }));
    const client = await writingSide(here.core.db).pool.connect();
    await client.query("begin");
    await client.query("update people set status = 'suspended' where id = $1", [owner.actor.personId]);
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
    await client.query("commit");
    client.release();
  });

  it("holds the owner it went by until its row is there: a suspension waits for that", async () => {
    const [owner, second] = [await person(here.core), await person(here.core)];
    const lent = await lend(here, { delivery: "gateway" }, await agent(here.core, owner, { secondOwner: second }));
    const { pool } = writingSide(here.core.db);
    const client = await pool.connect();
    await client.query("begin");
    await client.query("select 1 from grants where id = $1 for update", [lent.grantId]);
    const exchange = exchangeGrant(here.core, lent);
    await waiting(1);
    const suspension = suspendPerson(here.admin, owner.actor);
    await waiting(2);
    await client.query("commit");
    client.release();
    expect((await exchange).status).toBe(200);
    await suspension;
    const [use] = await usesOf(here.core, lent.grantId);
    const rows = await here.core.db.activity.findMany({ where: { event: "person.suspend", ownerId: owner.actor.personId } });
    expect([use?.decision, rows.length]).toEqual(["allowed", 1]);
  });

  it("is not admitted by an owner that it has been taken from meanwhile", async () => {
    const [owner, next] = [await person(here.core), await person(here.core, { status: "suspended" })];
    const lent = await lend(here, { delivery: "gateway" }, await agent(here.core, owner));
    const answer = await useDuring(lent, "update agents set owner_id = $2 where id = $1", lent.bot.agentId, next.actor.personId);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "owner_suspended"]);
  });
});

/** An exchange that comes to wait for a statement which commits only then. */
async function useDuring(lent: Lent, statement: string, ...values: string[]): Promise<Response> {
  const client = await writingSide(here.core.db).pool.connect();
  await client.query("begin");
  await client.query(statement, values);
  const exchange = exchangeGrant(here.core, lent);
  await waiting(1);
  await client.query("commit");
  client.release();
  return exchange;
}

/** Until so many statements wait for a lock. */
async function waiting(count: number): Promise<void> {
  const text = "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  await vi.waitUntil(async () => (await writingSide(here.core.db).pool.query<{ n: number }>(text)).rows[0]?.n === count, {
    timeout: 10_000,
    interval: 10,
  });
}

describe("of 64 exchanges that run while a grant is ended", () => {
  it.each(ENDINGS.slice(0, 5))("none is admitted after that has answered: %s", async (_what, end, reason) => {
    const lent = await lendToAnother("gateway");
    const allowed = () => here.core.db.activity.count({ where: { grantId: lent.grantId, event: "token.exchange", decision: "allowed" } });
    const outcomes: Promise<number>[] = [];
    const one = async () => (await exchangeGrant(here.core, lent)).status;
    for (let index = 0; index < 32; index += 1) outcomes.push(one());
    await Promise.race(outcomes);
    const ending = end(lent);
    for (let index = 0; index < 16; index += 1) outcomes.push(one());
    await ending;
    const admitted = await allowed();
    for (let index = 0; index < 16; index += 1) outcomes.push(one());
    const statuses = await Promise.all(outcomes);
    expect(await allowed()).toBe(admitted);
    expect(statuses.filter((status) => status === 200)).toHaveLength(admitted);
    expect(statuses.slice(48)).toEqual(Array(16).fill(400));
    const rows = await usesOf(here.core, lent.grantId);
    expect(rows).toHaveLength(64);
    expect(new Set(rows.filter((row) => row.decision === "refused").map((row) => row.reason))).toEqual(new Set([reason]));
  });
});

describe("a use whose row cannot be written", () => {
  it("fails closed: no token leaves, no call goes out, and the answer tells nothing", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    const { pool } = writingSide(here.core.db);
    await pool.query(`create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$`);
    await pool.query(
      `create trigger full_disk before insert on activity for each row when (new.kind = 'use') execute function full_disk()`,
    );
    const before = here.saas.calls.length;
    const exchange = await exchangeGrant(here.core, lent);
    const used = await call(here.core, token, "/api/issues");
    await pool.query("drop trigger full_disk on activity");
    await pool.query("drop function full_disk");
    expect(exchange.status).toBe(500);
    expect(await exchange.json()).toEqual({
      error: "server_error",
      error_description: "Something went wrong here. The operator's log has it under the request id.",
      reason: "server_error",
    });
    expect([used.status, (await used.json()).code]).toEqual([500, "server_error"]);
    expect(here.saas.calls.slice(before).filter((one) => one.path.startsWith("/api/"))).toEqual([]);
    expect(JSON.stringify(here.core.log.lines)).not.toMatch(/vlt_|saas_|eyJ/);
  });

  it.each([
    ["the disk is full", "53100"],
    ["there is no memory", "53200"],
    ["the disk fails", "58030"],
    ["the database is read-only", "25006"],
  ])("says that it passes where %s", async (_what, code) => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    const { pool } = writingSide(here.core.db);
    await pool.query(
      `create function in_trouble() returns trigger language plpgsql as $$ begin raise exception 'in trouble' using errcode = '${code}'; end $$`,
    );
    await pool.query("create trigger in_trouble before insert on activity for each row execute function in_trouble()");
    const before = here.saas.calls.length;
    // A crowd, too: what is wrong with the database is nobody's own fault.
    const exchanges = await Promise.all(Array.from({ length: 6 }, () => exchangeGrant(here.core, lent)));
    const used = await call(here.core, token, "/api/issues");
    await pool.query("drop trigger in_trouble on activity");
    await pool.query("drop function in_trouble");
    for (const answer of [...exchanges, used]) expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(here.saas.calls.slice(before).filter((one) => one.path.startsWith("/api/"))).toEqual([]);
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
  });

  it("waits no longer than a statement may take, and gives nothing", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const slow = openDatabase(here.core.databaseUrl, { statementMs: 300 });
    const client = await writingSide(here.core.db).pool.connect();
    await client.query("begin");
    await client.query("lock table activity in access exclusive mode");
    const answer = await exchangeGrant({ ...here.core, db: slow.db }, lent);
    await client.query("rollback");
    client.release();
    await slow.close();
    expect([answer.status, (await answer.json()).reason, answer.headers.get("retry-after")]).toEqual([503, "database_away", "2"]);
  });
});
