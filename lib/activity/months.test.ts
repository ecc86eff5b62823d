import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { openDatabase, writingSide } from "../db";
import { newId } from "../ids";
import { person, type TestCore, testCore } from "../testing/core";
import { chartActivity } from "./chart";
import { writeOutcome } from "./ledger";
import { listActivity } from "./list";
import { dropOldActivity, makeMonths } from "./months";
import { rollUpActivity } from "./rollUp";

const DAY = 86_400_000;
let core: TestCore;
let auditor: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  auditor = await person(core, { role: "auditor" });
  base = new Date(`${(await months()).at(-1)}-01T00:00:00Z`);
});
afterAll(() => core.close());

const pool = () => writingSide(core.db).pool;
const partOf = async (id: string) =>
  (await pool().query("select tableoid::regclass::text as part from activity where id = $1", [id])).rows[0]?.part;
const months = async (): Promise<string[]> =>
  (await pool().query("select to_char(month, 'YYYY-MM') as month from activity_months order by 1")).rows.map(({ month }) => month);

/** Partitions are there around today. The first of the month that is so many after the last of them. */
let base: Date;
const later = (more: number, day = 1) => new Date(Date.UTC(base.getUTCFullYear(), base.getUTCMonth() + more, day)).toISOString();
const nameOf = (at: string) => `activity_${at.slice(0, 7).replace("-", "_")}`;

async function write(at: string): Promise<string> {
  const id = newId("use", new Date(at));
  const row = { event: "gateway.call", acting: "agent", target: at, decision: "allowed", reason: "x", chain: [] };
  await writingSide(core.db).prisma.activity.create({ data: { ...row, id, at: new Date(at), kind: "use" } });
  return id;
}

describe("months of activity", () => {
  it("refuse no row, of whatever time, and are listed in its order", async () => {
    const [old, now, far] = [await write("1969-05-05T00:00:00Z"), await write(core.clock.now().toISOString()), await write(later(7))];
    expect([await partOf(old), await partOf(far)]).toEqual(["activity_before", "activity_ahead"]);
    const { rows } = await listActivity(auditor, { everyone: true, kind: "use" });
    expect(rows.map(({ id }) => id)).toEqual([far, now, old]);
  });

  it("are made before they begin, without a gap; what came before its month moves into it", async () => {
    const early = await write(later(2, 15));
    core.clock.set(later(1, 20));
    expect(await makeMonths(core)).toBe(3);
    const all = await months();
    expect(all.at(-1)).toBe(later(3).slice(0, 7));
    const next = (month: string) => new Date(Date.parse(`${month}-01T00:00:00Z`) + 32 * DAY).toISOString().slice(0, 7);
    expect(all.slice(1)).toEqual(all.slice(0, -1).map(next));
    expect(await partOf(early)).toBe(nameOf(later(2)));
    expect(await makeMonths(core)).toBe(0);
  });

  it("keep room on a row's page for its outcome, whose writing then touches no index: those there are, and those made later", async () => {
    const placesOf = async (ids: readonly string[]) => {
      const text = "select tableoid::regclass || ' ' || (ctid::text::point)[0]::text as place from activity where id = any($1) order by id";
      return (await pool().query<{ place: string }>(text, [ids])).rows.map(({ place }) => place);
    };
    for (const at of [core.clock.now(), new Date(later(3))]) {
      const row = { event: "gateway.call", acting: "agent", target: "GET /x", decision: "allowed", reason: "x", chain: [], kind: "use" };
      const data = Array.from({ length: 300 }, () => ({ ...row, id: newId("use", at), at }));
      await writingSide(core.db).prisma.activity.createMany({ data });
      const ids = data.map(({ id }) => id);
      const before = await placesOf(ids);
      await Promise.all(ids.map((id) => writeOutcome(core.db, { id, at }, { upstreamStatus: 200, durationMs: 7 })));
      const stayed = (await placesOf(ids)).filter((place, index) => place === before[index]);
      expect([before.length, stayed.length > 270]).toEqual([300, true]);
    }
  });

  it("are made once by several processes, while rows are written", async () => {
    core.clock.set(later(4, 2));
    const others = [1, 2, 3].map(() => openDatabase(core.databaseUrl, { poolMax: 2 }));
    try {
      const making = Promise.allSettled(others.map(({ db }) => makeMonths({ ...core, db })));
      const ids = await Promise.all(Array.from({ length: 20 }, () => write(later(5))));
      const made = (await making).map((one) => (one.status === "fulfilled" ? one.value : 0));
      // Who waited too long leaves it to the next sweep.
      const left = await makeMonths(core);
      expect(made.reduce((sum, one) => sum + one, left)).toBe(3);
      expect((await months()).at(-1)).toBe(later(6).slice(0, 7));
      expect(new Set(await Promise.all(ids.map(partOf)))).toEqual(new Set([nameOf(later(5))]));
    } finally {
      await Promise.all(others.map((db) => db.close()));
    }
  });

  it("leave a reader in peace who is long at it, and are made later", async () => {
    core.clock.set(later(5, 2));
    const reader = await pool().connect();
    try {
      await reader.query("begin");
      await reader.query("select from activity limit 1");
      await expect(makeMonths(core)).rejects.toMatchObject({ code: "55P03" });
      await reader.query("commit");
    } finally {
      reader.release();
    }
    expect(await makeMonths(core)).toBe(1);
  });

  it("that nobody lived through are one partition", async () => {
    core.clock.set(later(100, 2));
    expect(await makeMonths(core)).toBeLessThan(8);
    const all = await months();
    expect(all.at(-1)).toBe(later(102).slice(0, 7));
    expect(await partOf(await write(later(100)))).toBe(nameOf(later(100)));
    expect(await partOf(await write(later(60)))).toBe(nameOf(later(8)));
  });
});

describe("what is older than activity is kept for", () => {
  const keeping = () => ({ ...core, settings: { ...core.settings, activityRetentionDays: 60 } });
  const dropped = () => core.db.activity.findMany({ where: { event: "activity.drop" }, orderBy: { at: "asc" } });

  it("stays while nobody said for how long", async () => {
    expect(await dropOldActivity(core)).toBe(0);
    expect((await listActivity(auditor, { everyone: true, text: "1969" })).rows).toHaveLength(1);
  });

  it("is dropped by whole months, with one row that says how much; list and chart agree before and after", async () => {
    core.clock.set(later(102, 20));
    await makeMonths(core);
    const bound = later(100);
    const gone = await write(new Date(Date.parse(bound) - 1).toISOString());
    const kept = await write(bound);
    await rollUpActivity(core, 0);
    const older = await core.db.activity.count({ where: { at: { lt: bound } } });
    expect(await dropOldActivity(keeping())).toBe(older);
    expect([await partOf(gone), await partOf(kept)]).toEqual([undefined, nameOf(bound)]);
    expect((await months())[0]).toBe(bound.slice(0, 7));
    const row = {
      acting: "system",
      target: `Activity before ${bound.slice(0, 10)}`,
      detail: { rows: older, before: bound, retention_days: 60 },
    };
    expect(await dropped()).toMatchObject([row]);
    expect(await dropOldActivity(keeping())).toBe(0);
    expect(await dropped()).toHaveLength(1);
    const left = await core.db.activity.count();
    expect((await chartActivity(auditor, { everyone: true })).rows).toBe(left);
    expect((await chartActivity(auditor, { everyone: true, from: new Date(later(90)) })).rows).toBe(left);
    const { rows } = await pool().query("select min(slot) as least from activity_counts where seconds <= 86400");
    expect(rows[0].least.toISOString()).toBe(bound);
    expect(await partOf(await write(later(90)))).toBe("activity_before");
  });

  it("is dropped once by two processes at once", async () => {
    core.clock.set(later(103, 20));
    await Promise.allSettled([dropOldActivity(keeping()), dropOldActivity(keeping())]);
    await dropOldActivity(keeping());
    expect(await dropped()).toHaveLength(2);
    expect((await months())[0]).toBe(later(101).slice(0, 7));
  });
});
