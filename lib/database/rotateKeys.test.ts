import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { places } from "../connections/places";
import { asActor, type Ctx } from "../ctx";
import { writingSide } from "../db";
import { newSigningKey, openPrivate } from "../signing/record";
import { accessToken, lend, type World, world } from "../testing/builders";
import { TEST_KEYS } from "../testing/core";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { createVault, newRootKey } from "../vault/vault";
import { withClient } from "./databases";
import { rotateKeys, SEALED } from "./rotateKeys";

let here: World;
let ring: string;
let ctx: Ctx;
const CANARY = { table: "instance", row: "1", column: "sealed_canary" };

beforeAll(async () => {
  here = await world();
  const { prisma } = writingSide(here.core.db);
  const { createdAt, ...key } = await newSigningKey(here.core, 0);
  await prisma.signingKey.create({ data: { ...key, createdAt } });
  const sealedCanary = here.core.vault.seal("lasting", CANARY, "valet");
  await prisma.instance.create({ data: { id: 1, sealedCanary, createdAt } });
  await accessToken(here.core, await lend(here));
  newRing("t2");
});
afterAll(() => here.close());

/** A new key before those in use, as after a start with it. */
function newRing(id: string): void {
  ring = `${newRootKey(id)},${ring ?? TEST_KEYS}`;
  ctx = asActor({ ...here.core, vault: createVault(ring) }, { kind: "system", name: "keys" } as const);
}

const sql = (text: string, values: unknown[] = []) => writingSide(here.core.db).pool.query(text, values);
const started = () => sql("update instance set sealed_canary = $1", [ctx.vault.seal("lasting", CANARY, "valet")]);
const rotate = (onProgress?: (done: number, all: number) => void) => rotateKeys(ctx, here.core.databaseUrl, onProgress);

async function keysInUse(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, column } of SEALED) {
    const { rows } = await sql(`select split_part(${column}, '.', 2) as key from ${table} where ${column} is not null`);
    for (const { key } of rows) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Sealed values beside those that the world made: connections, each of whose columns hold what their id says. */
let seeds = 0;
async function seed(many: number, vault = here.core.vault): Promise<string[]> {
  const owner = await person(here.core);
  seeds += 1;
  const ids = Array.from({ length: many }, (_, n) => `con_seed${seeds}${String(n).padStart(20, "0")}`);
  const data = ids.map((id) => ({
    ...{ id, personId: owner.actor.personId, connector: "demo", accountId: id, accountName: id, providerScopes: [] },
    ...{ connectedAt: here.core.clock.now(), sealedRefresh: vault.seal("lasting", places.refresh(id), `rt ${id}`) },
    sealedAccess: vault.seal("passing", places.access(id), `at ${id}`),
  }));
  await writingSide(here.core.db).prisma.connection.createMany({ data });
  return ids;
}

describe("a rotation of keys", () => {
  it("knows every sealed column that the database has", async () => {
    const { rows } = await sql(
      "select table_name || '.' || column_name as at from information_schema.columns where table_schema = 'public' and column_name like 'sealed\\_%'",
    );
    expect(SEALED.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(rows.map(({ at }) => at).sort());
  });

  it("waits until a Valet holds the new key: what it sealed could not be opened", async () => {
    const before = await keysInUse();
    expect(await refusalOf(rotate())).toMatchObject({ code: "conflict", reason: "key_not_started" });
    expect(await keysInUse()).toEqual(before);
    await started();
  });

  it("is the only one", async () => {
    await withClient(here.core.databaseUrl, async (client) => {
      await client.query("select pg_advisory_lock(hashtextextended('valet.keys.rotate', 7))");
      expect(await refusalOf(rotate())).toMatchObject({ code: "conflict", reason: "rotation_under_way" });
    });
  });

  it("seals everything anew, says that no older key is needed, and leaves its row", async () => {
    const all = Object.values(await keysInUse()).reduce((one, other) => one + other, 0);
    const progress: [number, number][] = [];
    const result = await rotate((...at) => progress.push(at));
    expect(result).toEqual({ key: "t2", resealed: all - 1, unread: [], keysInUse: [] });
    expect(progress.at(-1)).toEqual([all - 1, all - 1]);
    expect(await keysInUse()).toEqual({ t2: all });
    const [row] = await here.core.db.activity.findMany({ where: { event: "keys.rotate" } });
    expect(row).toMatchObject({ acting: "system", target: "Key t2", detail: { resealed: all - 1, unread: 0, keys_in_use: [] } });
    expect(await rotate()).toMatchObject({ resealed: 0 });
    const alone = createVault(ring.split(",")[0] as string);
    for (const key of await here.core.db.signingKey.findMany()) expect(openPrivate({ vault: alone }, key)).toHaveProperty("d");
    const [one] = await here.core.db.connection.findMany({ where: { sealedRefresh: { not: null } } });
    expect(alone.open("lasting", places.refresh(one?.id ?? ""), one?.sealedRefresh ?? "")).toMatch(/^saas_rt_/);
  });

  it("never puts an older token over one that a refresh brings at the same moment", async () => {
    const [id = ""] = await seed(1);
    const fresh = ctx.vault.seal("passing", places.access(id), "fresh");
    await withClient(here.core.databaseUrl, async (refresh) => {
      await refresh.query("begin");
      await refresh.query("update connections set sealed_access = $2, token_version = token_version + 1 where id = $1", [id, fresh]);
      const racing = rotate();
      // It has read the older value, and waits for the refresh to commit.
      const waits = "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      await expect.poll(async () => (await sql(waits)).rows[0].n).toBe(1);
      await refresh.query("commit");
      await racing;
    });
    const kept = await here.core.db.connection.findUniqueOrThrow({ where: { id } });
    expect(kept.sealedAccess).toBe(fresh);
    expect(ctx.vault.open("lasting", places.refresh(id), kept.sealedRefresh ?? "")).toBe(`rt ${id}`);
  });

  it("leaves what no key opens as it is, and says which", async () => {
    const [id = ""] = await seed(1, createVault(newRootKey("gone")));
    const { unread, keysInUse: still } = await rotate();
    expect([unread, still]).toEqual([[`connections.sealed_refresh of ${id}`, `connections.sealed_access of ${id}`], ["gone"]]);
    await sql("delete from connections where id = $1", [id]);
  });
});

describe("a rotation that is killed", () => {
  it("has harmed nothing, and the next one does the rest", async () => {
    newRing("t3");
    await started();
    const ids = await seed(1000, createVault(ring.split(",").slice(1).join(",")));
    for (const lines of [1, 2, 3]) {
      const child = run();
      await linesOf(child, lines);
      child.kill("SIGKILL");
      await once(child, "exit");
      const counts = await keysInUse();
      expect([counts.t3 !== undefined && counts.t3 > 1, (counts.t2 ?? 0) > 0]).toEqual([true, true]);
      for (const one of await here.core.db.connection.findMany({ where: { id: { in: ids } } })) {
        expect(ctx.vault.open("lasting", places.refresh(one.id), one.sealedRefresh ?? "")).toBe(`rt ${one.id}`);
        expect(ctx.vault.open("passing", places.access(one.id), one.sealedAccess ?? "")).toBe(`at ${one.id}`);
      }
    }
    const child = run();
    const said = await linesOf(child);
    expect(said.at(-2)).toMatch(/^Sealed \d+ values anew with the key t3\.$/);
    expect(said.at(-1)).toContain("Take t2, t1 out of the ring and start Valet again.");
    expect(Object.keys(await keysInUse())).toEqual(["t3"]);
    expect(said.join(" ")).not.toContain(ring.split(":")[1]?.split(",")[0]);
  });
});

function run(): ChildProcess {
  const env = { ...process.env, NODE_ENV: "test" as const, DATABASE_URL: here.core.databaseUrl, VALET_KEYS: ring };
  return spawn(process.execPath, ["--import", "tsx", "scripts/keys.ts", "rotate"], { env, stdio: ["ignore", "ignore", "pipe"] });
}

/** What it says: so many lines, or all. */
async function linesOf(child: ChildProcess, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) if (said.push(line) >= most) break;
  return said;
}
