import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pauseAgent } from "../agents/status";
import { disconnectConnection } from "../connections/disconnect";
import { writingSide } from "../db";
import { setUpConnector } from "../setups/setUp";
import { accessToken, CLIENT, call, exchangeGrant, lend, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { extendGrant } from "./extend";
import { extensionsOf, newEnd } from "./extension";
import { getGrant } from "./list";
import { narrowGrant } from "./narrow";
import { revokeGrant } from "./revoke";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

const kept = (grantId: string) => here.core.db.grant.findUniqueOrThrow({ where: { id: grantId } });
const inDays = (days: number) => new Date(here.core.clock.now().getTime() + days * 86_400_000);

describe("a grant is extended", () => {
  it("by who lent it: a later end, nothing else changes, and the agent goes on past the old one", async () => {
    const lent = await lend(here, { delivery: "gateway", lifetime: "1h" });
    const before = await kept(lent.grantId);
    const until = inDays(7);
    const { result, left } = await watchRows(here.core, () => extendGrant(lent.owner, { grantId: lent.grantId, lifetime: "7d" }));
    expect(result).toEqual({ grantId: lent.grantId, from: before.expiresAt, expiresAt: until });
    expect(left).toMatchObject([
      {
        event: "grant.extend",
        decision: "allowed",
        personId: lent.owner.actor.personId,
        ownerId: lent.owner.actor.personId,
        grantId: lent.grantId,
        agentId: lent.bot.agentId,
        connectionId: lent.connectionId,
        connector: "demo",
        scopes: ["issues:read"],
        detail: { from: before.expiresAt.toISOString(), to: until.toISOString() },
      },
    ]);
    const { consent: _was, ...same } = before;
    expect(await kept(lent.grantId)).toMatchObject({ ...same, expiresAt: until });
    here.core.clock.advance({ hours: 2 });
    expect((await call(here.core, await accessToken(here.core, lent), "/api/issues")).status).toBe(200);
  });

  it("and its consent record keeps the first agreement word for word, with an entry for each extension", async () => {
    const lent = await lend(here, { lifetime: "1h" });
    const first = (await kept(lent.grantId)).consent as object;
    await extendGrant(lent.owner, { grantId: lent.grantId, lifetime: "8h" });
    await extendGrant(lent.owner, { grantId: lent.grantId, lifetime: "7d" });
    const sentence = "Triage bot keeps the 1 permission it has at Demo Tracker, ada, and nothing more. Only the end changes.";
    const entry = (expiresAt: Date) => ({
      shown: { sentence, expiresAt: expiresAt.toISOString() },
      agreedBy: { personId: lent.owner.actor.personId },
      agreedAt: here.core.clock.now().toISOString(),
    });
    const { consent } = await getGrant(lent.owner, lent);
    expect(consent).toMatchObject({ ...first, extensions: [entry(inDays(1 / 3)), entry(inDays(7))] });
  });

  it("for thirty days from now at most, and not past the key it rests on", async () => {
    const now = here.core.clock.now();
    const ends = { expiresAt: now, keyEndsAt: null };
    expect(newEnd(ends, 90 * 86_400, now)).toEqual(inDays(30));
    expect(newEnd({ ...ends, keyEndsAt: inDays(2) }, 7 * 86_400, now)).toEqual(inDays(2));
    const choices = extensionsOf({ expiresAt: inDays(1), keyEndsAt: inDays(9) }, now);
    expect(choices.map(({ lifetime, until }) => [lifetime, until])).toEqual([
      ["7d", inDays(7)],
      ["30d", inDays(9)],
    ]);
    expect(extensionsOf({ expiresAt: inDays(9), keyEndsAt: inDays(9) }, now)).toEqual([]);
    expect(extensionsOf({ expiresAt: inDays(29.99), keyEndsAt: null }, now)).toEqual([]);
  });

  it("never past a shared key's end, whatever was asked", async () => {
    const lent = await lend(here, { delivery: "gateway", lifetime: "1h" });
    const keyEndsAt = inDays(3);
    await writingSide(here.core.db).prisma.connection.update({ where: { id: lent.connectionId }, data: { keyEndsAt } });
    await extendGrant(lent.owner, { grantId: lent.grantId, lifetime: "30d" });
    expect((await kept(lent.grantId)).expiresAt).toEqual(keyEndsAt);
  });
});

describe("a grant is not extended", () => {
  const refused = async (lent: { grantId: string; owner: Parameters<typeof extendGrant>[0] }, ctx = lent.owner) => {
    const before = await kept(lent.grantId);
    const { result, left } = await watchRows(here.core, () => refusalOf(extendGrant(ctx, { grantId: lent.grantId, lifetime: "30d" })));
    expect(await kept(lent.grantId)).toEqual(before);
    return {
      ...result,
      code: result.code,
      reason: result.reason,
      fix: result.fix,
      rows: left.map(({ event, decision, reason }) => [event, decision, reason]),
    };
  };

  it("by others, its agent's owner, admins and auditors among them: it is not there", async () => {
    const lent = await lend(here, {});
    for (const other of [await person(here.core), here.admin, await person(here.core, { role: "auditor" })])
      expect(await refused(lent, other)).toMatchObject({ code: "not_found", rows: [] });
  });

  it("once it was revoked or has ended: it is lent anew, by a link that is filled in", async () => {
    const revoked = await lend(here, { delivery: "gateway", bounds: { callsPerHour: 5 } });
    await revokeGrant(revoked.owner, revoked);
    const ended = await lend(here, { lifetime: "1h" });
    here.core.clock.advance({ hours: 1 });
    for (const lent of [revoked, ended]) {
      const { rows, ...refusal } = await refused(lent);
      expect(refusal).toMatchObject({ code: "conflict", reason: "grant_ended" });
      expect(refusal.fix).toContain(`agent=${lent.bot.agentId}&connection=${lent.connectionId}&scopes=issues%3Aread`);
      expect(rows).toEqual([["grant.extend", "refused", "grant_ended"]]);
    }
    expect((await refused(revoked)).fix).toContain("callsPerHour=5");
    expect((await exchangeGrant(here.core, ended)).status).toBe(400);
  });

  it("while it gives nothing: its agent is paused, or a test found something open", async () => {
    const paused = await lend(here);
    await pauseAgent(paused.owner, paused.bot);
    expect(await refused(paused)).toMatchObject({ code: "conflict", reason: "agent_paused" });
    const shut = await lend(here);
    const at = here.core.clock.now();
    await writingSide(here.core.db).prisma.grant.update({ where: { id: shut.grantId }, data: { suspendedAt: at, testedAt: at } });
    expect(await refused(shut)).toMatchObject({ code: "conflict", reason: "grant_suspended" });
  });

  it("once its account was disconnected", async () => {
    const lent = await lend(here);
    await disconnectConnection(lent.owner, lent);
    expect(await refused(lent)).toMatchObject({ code: "conflict", reason: "grant_ended" });
  });

  it("beyond what the account may lend today: an admin's ceiling came after it", async () => {
    const lent = await lend(here, { scopes: ["files:read"] });
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT, ceiling: ["profile:read", "issues:read"] });
    expect(await refused(lent)).toMatchObject({ code: "invalid_scope", reason: "scope_beyond_connection" });
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT, ceiling: [] });
  });

  it("as the platform's own by somebody who is no admin any more", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    await writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { pattern: "own" } });
    expect(await refused(lent)).toMatchObject({ code: "forbidden", reason: "own_needs_admin" });
  });

  it("to an end that is not later than its own", async () => {
    const lent = await lend(here, { lifetime: "30d" });
    expect(await refused(lent)).toMatchObject({ code: "conflict", reason: "not_later" });
  });

  it("for longer than thirty days, or by a lifetime that is none", async () => {
    const lent = await lend(here);
    for (const lifetime of [30 * 86_400 + 1, 0, -1, 1.5, "1y"])
      await expect(extendGrant(lent.owner, { grantId: lent.grantId, lifetime: lifetime as never })).rejects.toThrow();
    expect((await kept(lent.grantId)).expiresAt).toEqual(inDays(1 / 3));
  });
});

describe("a grant that is extended and revoked at once", () => {
  it("is revoked in the end, whichever came first, and gives nothing", async () => {
    for (let round = 0; round < 8; round += 1) {
      const lent = await lend(here, { delivery: "gateway", lifetime: "1h" });
      const extending = refusalOrNull(extendGrant(lent.owner, { grantId: lent.grantId, lifetime: "7d" }));
      const revoking = revokeGrant(lent.owner, lent);
      const [refusal] = await Promise.all([extending, revoking]);
      const { revokedAt, expiresAt } = await kept(lent.grantId);
      expect(revokedAt).not.toBeNull();
      expect(expiresAt).toEqual(refusal ? inDays(1 / 24) : inDays(7));
      expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ reason: "grant_revoked" });
    }
  });

  it("does not come back when the revoke commits between its reading and its writing", async () => {
    const lent = await lend(here, { lifetime: "1h" });
    const { prisma } = writingSide(here.core.db);
    const revokedAt = here.core.clock.now();
    let extending: Promise<unknown> = Promise.resolve();
    await prisma.$transaction(async (tx) => {
      await tx.grant.update({ where: { id: lent.grantId }, data: { revokedAt, revokeReason: "revoked" } });
      extending = refusalOf(extendGrant(lent.owner, { grantId: lent.grantId, lifetime: "7d" }));
      await waitingForLock(here);
    });
    expect(await extending).toMatchObject({ code: "conflict", reason: "grant_changed" });
    expect(await kept(lent.grantId)).toMatchObject({ revokedAt, expiresAt: inDays(1 / 24) });
  });

  it("and narrowed keeps no more than it was narrowed to", async () => {
    for (let round = 0; round < 4; round += 1) {
      const lent = await lend(here, { scopes: ["issues:read", "files:read"], delivery: "gateway", lifetime: "1h" });
      await Promise.all([
        refusalOrNull(extendGrant(lent.owner, { grantId: lent.grantId, lifetime: "7d" })),
        narrowGrant(lent.owner, { grantId: lent.grantId, scopes: ["issues:read"] }),
      ]);
      expect((await kept(lent.grantId)).scopes).toEqual(["issues:read"]);
    }
  });
});

async function refusalOrNull(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => null,
    (error: unknown) => error,
  );
}

/** Until somebody stands in line for a row. */
async function waitingForLock({ core }: World): Promise<void> {
  for (;;) {
    const { prisma } = writingSide(core.db);
    const [{ waiting } = { waiting: 0 }] = await prisma.$queryRaw<
      { waiting: number }[]
    >`select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    if (waiting > 0) return;
  }
}
