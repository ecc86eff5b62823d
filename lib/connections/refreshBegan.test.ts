import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writingSide } from "../db";
import { CLIENT, connect, exchangeGrant, lend, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { endedThere, refreshLost } from "./health";
import { getConnection } from "./list";
import { places } from "./places";
import { accountAccess } from "./refresh";
import { noteBegun } from "./refreshBegan";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => {
  here.saas.control.repair();
  here.saas.control.release();
});

const STOPPED = "Valet was stopped in the middle of a refresh, and Demo Tracker's answer was lost. Connect the account again.";
const record = (id: string) => here.core.db.connection.findUniqueOrThrow({ where: { id } });
const refreshes = () => here.saas.calls.filter((one) => one.path === "/oauth/token").length;
/** Whoever is told to wait is asked again then. */
const RESTED = { minutes: 16 };

async function stale() {
  const owner = await person(here.core);
  const connectionId = await connect(owner);
  here.core.clock.advance({ minutes: 20 });
  return { owner, connectionId };
}

/** What a process leaves that is killed when its refresh has been sent; `spent` when the SaaS had answered it. */
async function killed(connectionId: string, spent: boolean): Promise<void> {
  const connection = await record(connectionId);
  await noteBegun(here.core, connection);
  if (!spent) return;
  const refreshToken = here.core.vault.open("lasting", places.refresh(connectionId), connection.sealedRefresh ?? "");
  const client = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret };
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, ...client });
  expect((await fetch(`${here.saas.url}/oauth/token`, { method: "POST", body })).status).toBe(200);
}

describe("a refresh", () => {
  it("is written down before it is sent, with its time and the version of the token, and no longer once it is stored", async () => {
    const { connectionId } = await stale();
    here.saas.control.hold();
    const asked = accountAccess(here.core, connectionId);
    await here.saas.control.held(1);
    expect(await record(connectionId)).toMatchObject({ refreshBeganAt: here.core.clock.now(), refreshBeganVersion: 1, tokenVersion: 1 });
    here.saas.control.release();
    await asked;
    expect(await record(connectionId)).toMatchObject({ refreshBeganAt: null, refreshBeganVersion: null, tokenVersion: 2 });
  });

  it("is kept when the database comes back a moment after the SaaS has answered", async () => {
    const { connectionId } = await stale();
    const { pool } = writingSide(here.core.db);
    here.saas.control.hold();
    const asked = accountAccess(here.core, connectionId);
    await here.saas.control.held(1);
    await pool.query(`create function lost() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`);
    await pool.query("create trigger lost before update on connections for each row execute function lost()");
    here.saas.control.release();
    for (let looked = 0; looked < 50; looked += 1) await here.core.db.connection.count();
    await pool.query("drop trigger lost on connections");
    await pool.query("drop function lost");
    expect((await asked).accessToken).toBeTruthy();
    expect(await record(connectionId)).toMatchObject({ status: "active", tokenVersion: 2, refreshBeganVersion: null });
  });
});

describe("after a process was stopped in the middle of a refresh", () => {
  it("the old token is tried once, and where the SaaS has spent it that is said to person and agent, once, without a loop", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    here.core.clock.advance({ minutes: 20 });
    await killed(lent.connectionId, true);
    const before = refreshes();
    const { result, left } = await watchRows(here.core, () =>
      Promise.all(Array.from({ length: 8 }, () => refusalOf(accountAccess(here.core, lent.connectionId)))),
    );
    const lost = { code: "interaction_required", reason: "refresh_lost", message: STOPPED, fix: `/connections/${lent.connectionId}` };
    for (const refusal of result) expect(refusal).toMatchObject(lost);
    expect(left).toMatchObject([
      { event: "connection.fail", reason: "refresh_lost", reasonText: STOPPED, connectionId: lent.connectionId },
    ]);
    expect(await getConnection(lent.owner, lent)).toMatchObject({ status: "needs_reconnect", statusNote: STOPPED });
    const told = (await (await exchangeGrant(here.core, lent)).json()) as object;
    expect(told).toMatchObject({ error: "interaction_required" });
    expect(await refusalOf(accountAccess(here.core, lent.connectionId))).toMatchObject({ reason: "connection_needs_reconnect" });
    expect(refreshes()).toBe(before + 1);
  });

  it("nothing is lost where the SaaS had not spent it", async () => {
    const { connectionId } = await stale();
    await killed(connectionId, false);
    expect((await accountAccess(here.core, connectionId)).accessToken).toBeTruthy();
    expect(await record(connectionId)).toMatchObject({
      status: "active",
      statusNote: null,
      refreshBeganAt: null,
      refreshBeganVersion: null,
    });
  });

  it("what is known of it stays while the SaaS refuses for another reason", async () => {
    const { owner, connectionId } = await stale();
    await killed(connectionId, true);
    here.saas.control.breakNext("token", "429");
    expect(await refusalOf(accountAccess(here.core, connectionId))).toMatchObject({ reason: "provider_refused" });
    here.core.clock.advance(RESTED);
    await refusalOf(accountAccess(here.core, connectionId));
    expect(await getConnection(owner, { connectionId })).toMatchObject({ statusNote: STOPPED });
  });

  it("and a reconnect, a later withdrawal is one: what began before was another token's", async () => {
    const { owner, connectionId } = await stale();
    await killed(connectionId, true);
    await connect(owner, { connectionId });
    here.core.clock.advance({ minutes: 20 });
    here.saas.control.withdraw("ada");
    await refusalOf(accountAccess(here.core, connectionId));
    expect(await getConnection(owner, { connectionId })).toMatchObject({ statusNote: endedThere("Demo Tracker"), health: "ended_there" });
  });
});

describe("a withdrawal", () => {
  it.each([
    ["429", endedThere("Demo Tracker")],
    ["html", refreshLost("Demo Tracker", "unanswered")],
  ] as const)("after an answer that is %s is called what it may be", async (mode, note) => {
    const { owner, connectionId } = await stale();
    here.saas.control.breakNext("token", mode);
    await refusalOf(accountAccess(here.core, connectionId));
    here.core.clock.advance(RESTED);
    here.saas.control.withdraw("ada");
    await refusalOf(accountAccess(here.core, connectionId));
    expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "needs_reconnect", statusNote: note });
  });
});
