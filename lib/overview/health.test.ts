import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBreakers } from "../breakers";
import { keepOutage } from "../connections/outages";
import { accountAccess } from "../connections/refresh";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newSigningKey } from "../signing/record";
import { apiToken, bearer, exchangeGrant, lend, send, type World, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { readHealth, troublesOf } from "./health";

let here: World;
beforeAll(async () => {
  here = await world();
  const { createdAt, ...key } = await newSigningKey(here.core, 0);
  await writingSide(here.core.db).prisma.signingKey.create({ data: { ...key, createdAt } });
});
afterAll(() => here.close());

const rest = async (who: PersonCtx) => send(here.core, "/api/v1/health", { headers: bearer(await apiToken(who)) });

describe("the health of Valet", () => {
  it("is told to admins and auditors alone, by page and by REST", async () => {
    expect((await readHealth(await person(here.core, { role: "auditor" }))).works).toBe(true);
    const member = await person(here.core);
    expect(await refusalOf(readHealth(member))).toMatchObject({ code: "forbidden", reason: "role_missing" });
    expect((await rest(member)).status).toBe(403);
    const answer = await rest(here.admin);
    expect(await answer.json()).toMatchObject({ works: true, troubles: [], migrations: { unfinished: 0 }, refreshes_under_way: 0 });
  });

  it("counts what agents were given and refused in the last fifteen minutes, and why", async () => {
    here.core.clock.advance({ hours: 1 });
    const lent = await lend(here);
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
    here.core.clock.advance({ minutes: 14 });
    await writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { revokedAt: here.core.clock.now() } });
    await exchangeGrant(here.core, lent);
    expect((await readHealth(here.admin)).uses).toEqual({
      ...{ exchanges: 1, calls: 0, refused: 1 },
      reasons: [{ reason: "grant_revoked", count: 1 }],
    });
    here.core.clock.advance({ minutes: 15 });
    expect((await readHealth(here.admin)).uses).toEqual({ exchanges: 0, calls: 0, refused: 0, reasons: [] });
  });

  it("names a service that another process found down, since when and when it is tried, until it answers", async () => {
    const written: Promise<void>[] = [];
    const other = createBreakers(here.core.clock, (at, outage) => void written.push(keepOutage(here.core, at, outage)));
    const at = { connector: { id: "github", name: "GitHub" }, host: "api.github.com", door: "calls" } as const;
    const down = () =>
      other
        .through(
          at,
          () => Promise.reject(new Error("away")),
          () => ({ kind: "down", by: null }),
        )
        .catch(() => undefined);
    for (let n = 0; n < 5; n += 1) await down();
    await Promise.all(written);
    const since = here.core.clock.now();
    const { works, troubles, resting } = await readHealth(here.admin);
    expect(works).toBe(false);
    expect(troubles.map(({ what }) => what)).toEqual(["GitHub (api.github.com) does not answer: agents' calls."]);
    expect(resting).toMatchObject([
      { connector: "github", host: "api.github.com", why: "down", since, nextTryAt: new Date(since.getTime() + 5_000) },
    ]);
    here.core.clock.advance({ seconds: 5 });
    await other.through(
      at,
      async () => "here",
      () => ({ kind: "alive" }),
    );
    await Promise.all(written);
    expect(await readHealth(here.admin)).toMatchObject({ works: true, resting: [] });
  });

  it("names accounts in use whose access ended and was not renewed", async () => {
    const lent = await lend(here);
    await exchangeGrant(here.core, lent);
    const { accessExpiresAt } = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
    here.core.clock.advance({ minutes: 25 });
    here.saas.control.breakNext("token", "html");
    await refusalOf(accountAccess(here.core, lent.connectionId));
    const { overdue, troubles } = await readHealth(here.admin);
    expect(overdue).toEqual({ count: 1, oldestAt: accessExpiresAt });
    expect(troubles[0]?.what).toBe("1 account that is in use has access that ended and was not renewed.");
    await accountAccess(here.core, lent.connectionId);
    expect((await readHealth(here.admin)).works).toBe(true);
  });

  it("names a regular work that failed, with what to do, until it is done again", async () => {
    await here.core.sweeps.run("forget tokens that have ended", () => Promise.reject(new TypeError("secret-in-message")));
    const { troubles } = await readHealth(here.admin);
    expect(troubles[0]?.what).toBe('The regular work "forget tokens that have ended" failed (TypeError).');
    expect(JSON.stringify([troubles, here.core.log.lines])).not.toContain("secret-in-message");
    await here.core.sweeps.run("forget tokens that have ended", async () => undefined);
    expect((await readHealth(here.admin)).troubles).toEqual([]);
  });

  it("says of everything that may be wrong what to do first", async () => {
    const found = await readHealth(here.admin);
    const now = here.core.clock.now();
    const wrong = troublesOf(
      {
        ...found,
        migrations: { applied: 3, last: "x", unfinished: 1 },
        signing: { keys: 0, currentSince: null, next: null },
        database: { ...found.database, waiting: 7 },
        refresher: { answers: true, startedAt: now, startedAgain: 3, lastAnswerAt: now },
        sweepsUnderWay: [{ name: "forget tokens that have ended", since: new Date(now.getTime() - 601_000) }],
      },
      now,
    );
    expect(wrong.map(({ what }) => what)).toEqual([
      "A change of the database was begun and not finished.",
      "No key signs Valet's tokens.",
      "The refresher had to be started again 3 times, the last time less than 15 minutes ago.",
      "7 questions to the database wait for a connection.",
      'The regular work "forget tokens that have ended" has been under way for more than 10 minutes.',
    ]);
    for (const { todo } of wrong) expect(todo).toMatch(/^[A-Z].+\.$/);
  });
});
