import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { admitRow, type UseRow, writeOutcome } from "../activity/ledger";
import { writingSide } from "../db";
import { newId } from "../ids";
import { exchangeGrant, type Lent, lend, usesOf, type World, world } from "../testing/builders";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

/** The texts that reach PostgreSQL by name while `work` runs. */
async function namesDuring<T>(work: () => Promise<T>): Promise<{ result: T; names: string[] }> {
  const { pool } = writingSide(here.core.db);
  const names: string[] = [];
  const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
  const spy = vi.spyOn(pool, "query").mockImplementation(((asked: { name?: string }, ...rest: unknown[]) => {
    if (asked.name) names.push(asked.name);
    return query(asked, ...rest);
  }) as never);
  const result = await work();
  spy.mockRestore();
  return { result, names };
}

const rowOf = (lent: Lent, more: Partial<UseRow> = {}): UseRow => ({
  id: newId("use", here.core.clock.now()),
  at: here.core.clock.now(),
  event: "token.exchange",
  acting: "agent",
  personId: lent.owner.actor.personId,
  agentId: lent.bot.agentId,
  ownerId: lent.owner.actor.personId,
  grantId: lent.grantId,
  connectionId: lent.connectionId,
  connector: "demo",
  target: "Access token",
  decision: "allowed",
  reason: "within_grant",
  reasonText: null,
  scopes: ["issues:read", "files:read"],
  delivery: "gateway",
  narrowedBy: "gateway",
  pattern: "delegated",
  chain: [{ kind: "agent", id: lent.bot.agentId, name: 'says "hello" \\ and ünïcode' }],
  tokenUseId: null,
  runIdClaimed: "run-1",
  runIdVerified: null,
  credentialId: null,
  delegationId: null,
  path: null,
  basis: null,
  traceId: null,
  requestId: "req_1",
  detail: { calls: 2, of: ["a"] },
  ...more,
});

const crowd = (size: number, row: (index: number) => UseRow) => Array.from({ length: size }, (_, index) => row(index));
const kept = (rows: readonly UseRow[]) =>
  here.core.db.activity.findMany({ where: { id: { in: rows.map(({ id }) => id) } }, orderBy: { id: "asc" } });

describe("a crowd at the gate", () => {
  it("is written by a few statements, and each row is as it would be alone", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const [alone] = crowd(1, () => rowOf(lent, { tokenUseId: "jti-1" }));
    expect(await admitRow(here.core.db, alone as UseRow)).toBe(true);
    const rows = crowd(30, () => rowOf(lent, { tokenUseId: "jti-1" }));
    const { result, names } = await namesDuring(() => Promise.all(rows.map((row) => admitRow(here.core.db, row))));
    expect(result).toEqual(Array(30).fill(true));
    expect(names.length).toBeLessThanOrEqual(4);
    expect(names).toContain("admit_at_once");
    const [one] = await kept([alone as UseRow]);
    for (const row of await kept(rows)) expect({ ...row, id: one?.id }).toEqual(one);
    expect(await kept(rows)).toHaveLength(30);
  });

  it("has in it only those that stand: each other is refused by itself", async () => {
    const [stands, revoked, ended] = [await lend(here, {}), await lend(here, {}), await lend(here, {})];
    const { prisma } = writingSide(here.core.db);
    await prisma.grant.update({ where: { id: revoked.grantId }, data: { revokedAt: here.core.clock.now() } });
    await prisma.endedToken.create({ data: { jti: "jti-ended", expiresAt: new Date("2027-01-01"), endedAt: here.core.clock.now() } });
    const rows = crowd(24, (index) => {
      const third = index % 3;
      return third === 0 ? rowOf(stands) : third === 1 ? rowOf(revoked) : rowOf(ended, { tokenUseId: "jti-ended" });
    });
    const answers = await Promise.all(rows.map((row) => admitRow(here.core.db, row)));
    expect(answers).toEqual(rows.map((_, index) => index % 3 === 0));
    expect((await kept(rows)).map(({ grantId }) => grantId)).toEqual(Array(8).fill(stands.grantId));
  });

  it("never takes one agent's grant for another's, nor another authority than the grant's", async () => {
    const [mine, other] = [await lend(here, {}), await lend(here, {})];
    const rows = [
      rowOf(mine),
      rowOf(mine),
      rowOf(mine, { agentId: other.bot.agentId }),
      rowOf(mine, { ownerId: other.owner.actor.personId }),
      rowOf(mine, { personId: null }),
      rowOf(mine, { connectionId: other.connectionId }),
      rowOf(mine, { pattern: "own" }),
    ];
    expect(await Promise.all([...rows, ...rows].map((row, index) => admitRow(here.core.db, { ...row, id: `${row.id}${index}` })))).toEqual(
      [...rows, ...rows].map((_, index) => index % rows.length < 2),
    );
  });

  it("does not suffer for one row that PostgreSQL will not take", async () => {
    const lent = await lend(here, {});
    const rows = crowd(12, (index) => rowOf(lent, index === 7 ? { target: "broken \u0000" } : {}));
    const answers = await Promise.allSettled(rows.map((row) => admitRow(here.core.db, row)));
    expect(answers.map(({ status }) => status === "fulfilled")).toEqual(rows.map((_, index) => index !== 7));
    expect(await kept(rows.filter((_, index) => index !== 7))).toHaveLength(11);
  });

  it("goes on while somebody changes what another one rests on: that one alone waits, and is refused", async () => {
    const [busy, free] = [await lend(here, { delivery: "gateway" }), await lend(here, { delivery: "gateway" })];
    const client = await writingSide(here.core.db).pool.connect();
    await client.query("begin");
    await client.query("update grants set revoked_at = now() where id = $1", [busy.grantId]);
    const waiting = Promise.all(crowd(6, () => rowOf(busy)).map((row) => admitRow(here.core.db, row)));
    const passing = crowd(20, () => rowOf(free)).map((row) => admitRow(here.core.db, row));
    expect(await Promise.all(passing)).toEqual(Array(20).fill(true));
    expect((await exchangeGrant(here.core, free)).status).toBe(200);
    expect(await usesOf(here.core, busy.grantId)).toHaveLength(0);
    await client.query("commit");
    client.release();
    expect(await waiting).toEqual(Array(6).fill(false));
    expect(await usesOf(here.core, busy.grantId)).toHaveLength(0);
  });
});

describe("what came of many uses", () => {
  it("is written by a few statements, each on its own row, and what is told twice of one is one", async () => {
    const lent = await lend(here, {});
    const rows = crowd(20, () => rowOf(lent));
    await Promise.all(rows.map((row) => admitRow(here.core.db, row)));
    const { names } = await namesDuring(() =>
      Promise.all(
        rows.flatMap((row, index) => [
          writeOutcome(here.core.db, row, { upstreamStatus: 200 + index, durationMs: index }),
          ...(index === 5 ? [writeOutcome(here.core.db, row, { reason: "answer_broken_off", reasonText: "It broke off." })] : []),
        ]),
      ),
    );
    expect(names.length).toBeLessThanOrEqual(4);
    const told = new Map((await kept(rows)).map((row) => [row.id, row]));
    expect(rows.map(({ id }) => told.get(id)?.upstreamStatus)).toEqual(rows.map((_, index) => 200 + index));
    const fifth = told.get(rows[5]?.id ?? "");
    expect([fifth?.durationMs, fifth?.reason, fifth?.reasonText, fifth?.decision]).toEqual([
      5,
      "answer_broken_off",
      "It broke off.",
      "allowed",
    ]);
    expect(told.get(rows[6]?.id ?? "")?.reason).toBe("within_grant");
  });
});
