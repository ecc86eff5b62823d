import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writingSide } from "../db";
import { accessToken, call, exchangeGrant, lend, type World, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { pauseLending, resumeLending } from "./lending";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

describe("a person who pauses all that they lend", () => {
  it("stops the next exchange and the next call with a token at hand; resumed, both go on", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    await pauseLending(lent.owner, lent.owner.actor);
    const [exchange, used] = [await exchangeGrant(here.core, lent), await call(here.core, token, "/api/issues")];
    expect([exchange.status, (await exchange.json()).reason]).toEqual([400, "person_paused"]);
    expect([used.status, (await used.json()).reason]).toEqual([403, "person_paused"]);
    await resumeLending(lent.owner, lent.owner.actor);
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    const rows = await here.core.db.activity.findMany({ where: { ownerId: lent.owner.actor.personId, event: { contains: "_lending" } } });
    expect(rows.map((row) => row.event).sort()).toEqual(["person.pause_lending", "person.resume_lending"]);
  });

  it("has what agents were handed ended at the SaaS", async () => {
    const lent = await lend(here, { delivery: "direct" });
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
    const { lentTokens } = await pauseLending(lent.owner, lent.owner.actor);
    expect(lentTokens).toMatchObject([{ state: "ended", handed: true }]);
  });
});

describe("an account that is lent as the platform's", () => {
  it("is not spent on its lender's authority, and goes on", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    await writingSide(here.core.db).pool.query("update grants set pattern = 'own' where id = $1", [lent.grantId]);
    await pauseLending(lent.owner, lent.owner.actor);
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
  });
});

describe("who may pause and resume", () => {
  it("is the person and admins, and to nobody else is the person there", async () => {
    const [ada, bea] = [await person(here.core), await person(here.core, { role: "auditor" })];
    for (const work of [() => pauseLending(bea, ada.actor), () => resumeLending(bea, ada.actor)])
      expect(await refusalOf(work)).toMatchObject({ code: "not_found" });
  });

  it("leaves to admins what an admin paused, also when the person paused before or after", async () => {
    const ada = await person(here.core);
    await pauseLending(ada, ada.actor);
    await pauseLending(here.admin, ada.actor);
    await pauseLending(ada, ada.actor);
    expect(await refusalOf(() => resumeLending(ada, ada.actor))).toMatchObject({ code: "forbidden", reason: "paused_by_admin" });
    await resumeLending(here.admin, ada.actor);
    const { lendingPausedAt } = await here.core.db.person.findUniqueOrThrow({ where: { id: ada.actor.personId } });
    expect(lendingPausedAt).toBeNull();
  });
});
