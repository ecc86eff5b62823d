import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Core } from "../ctx";
import { type Database, openDatabase, writingSide } from "../db";
import { connect, type World, world } from "../testing/builders";
import { person } from "../testing/people";
import { createTurns, type Turns } from "../turns";
import { accountAccess } from "./refresh";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => here.saas.control.release());

const others: { readonly core: Core; readonly database: Database; readonly turns: Turns }[] = [];
beforeEach(() => {
  for (let count = 0; count < 3; count += 1) {
    const [database, turns] = [openDatabase(here.core.databaseUrl), createTurns(here.core.databaseUrl)];
    others.push({ database, turns, core: { ...here.core, db: database.db, flights: new Map(), turns } });
  }
});
afterEach(async () => {
  for (const { turns, database } of others.splice(0)) {
    await turns.close();
    await database.close();
  }
});

const refreshes = () => here.saas.calls.filter((one) => one.path === "/oauth/token").length;

async function stale(): Promise<string> {
  const connectionId = await connect(await person(here.core));
  here.core.clock.advance({ minutes: 20 });
  return connectionId;
}

/** So many answers of the database later, whoever could ask the SaaS has done so. */
async function manyLooks(): Promise<void> {
  for (let looked = 0; looked < 100; looked += 1) await here.core.db.connection.count();
}

/** Holds a connection's turn as another process would. */
async function takenBy(connectionId: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: here.core.databaseUrl });
  client.on("error", () => undefined);
  await client.connect();
  await client.query("select pg_advisory_lock(hashtextextended($1, 7))", [`refresh:${connectionId}`]);
  return client;
}

describe("an account whose access ended, asked for by many in four processes", () => {
  it.each([16, 64, 256])("is refreshed once for %i, and serves them all", async (callers) => {
    const connectionId = await stale();
    const before = refreshes();
    here.saas.control.hold();
    const cores = [here.core, ...others.map(({ core }) => core)];
    const asked = Array.from({ length: callers }, (_, index) => accountAccess(cores[index % cores.length] as Core, connectionId));
    await here.saas.control.held(1);
    // While its answer waits, each of the others has long read that the access ended.
    await manyLooks();
    expect(refreshes() - before).toBe(1);
    here.saas.control.release();
    const told = await Promise.all(asked);
    expect(new Set(told.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(refreshes() - before).toBe(1);
    expect(await here.core.db.connection.findUnique({ where: { id: connectionId } })).toMatchObject({ status: "active", tokenVersion: 2 });
  });

  it("does not spend the refresh token while another process has the turn, and does as soon as that one is dead", async () => {
    const connectionId = await stale();
    const before = refreshes();
    const client = await takenBy(connectionId);
    const asked = accountAccess(here.core, connectionId);
    await manyLooks();
    expect(refreshes()).toBe(before);
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect((await asked).accessToken).toBeTruthy();
    expect(refreshes() - before).toBe(1);
  });

  it("is one refresh each for many accounts at once: no turn waits for another's", async () => {
    const connections: string[] = [];
    for (let count = 0; count < 20; count += 1) connections.push(await connect(await person(here.core)));
    here.core.clock.advance({ minutes: 20 });
    const before = refreshes();
    const taken = await takenBy(connections[0] as string);
    const [first, ...rest] = connections.map((id) => accountAccess(here.core, id));
    expect(await Promise.all(rest)).toHaveLength(19);
    expect(refreshes() - before).toBe(19);
    await taken.end();
    await first;
    expect(refreshes() - before).toBe(20);
  });

  it("asks again where the session of its turns was lost meanwhile, and gives nothing while there is no database", async () => {
    const connectionId = await stale();
    await accountAccess(here.core, connectionId);
    const { pool } = writingSide(here.core.db);
    const lost =
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' or pid in (select pid from pg_stat_activity where query like '%advisory%' and pid <> pg_backend_pid())";
    await pool.query(lost);
    here.core.clock.advance({ minutes: 20 });
    const [other] = others;
    expect((await accountAccess(other?.core as Core, connectionId)).accessToken).toBeTruthy();
    const nowhere = createTurns("postgresql://nobody@127.0.0.1:1/none");
    here.core.clock.advance({ minutes: 20 });
    const before = refreshes();
    await expect(accountAccess({ ...here.core, flights: new Map(), turns: nowhere }, connectionId)).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
    expect(refreshes()).toBe(before);
  });
});
