import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asActor, type PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { Refusal } from "../errors";
import { watchRows } from "../testing/builders";
import { person, type TestCore, testCore } from "../testing/core";
import { change, recordRefusedChange, touch } from "./change";

let core: TestCore;
let ada: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  ada = await person(core);
});
afterAll(() => core.close());

const nameOf = async () => (await core.db.person.findUniqueOrThrow({ where: { id: ada.actor.personId } })).name;
const rename = (name: string, ctx = ada) =>
  change(ctx, "person.set_role", async (tx, row) => {
    row.target = name;
    await tx.person.update({ where: { id: ada.actor.personId }, data: { name } });
  });

describe("a change", () => {
  it("commits with its row, which says who did what to whom", async () => {
    const { left } = await watchRows(core, () => rename("Ada L", { ...ada, requestId: "req_1" }));
    expect(await nameOf()).toBe("Ada L");
    expect(left).toEqual([
      {
        id: expect.stringMatching(/^chg_[0-9a-z]{26}$/),
        at: core.clock.now(),
        kind: "change",
        event: "person.set_role",
        acting: "person",
        personId: ada.actor.personId,
        ownerId: ada.actor.personId,
        agentId: null,
        grantId: null,
        connectionId: null,
        connector: null,
        target: "Ada L",
        decision: "allowed",
        reason: "done",
        reasonText: null,
        scopes: [],
        delivery: null,
        narrowedBy: null,
        pattern: null,
        chain: [{ kind: "person", id: ada.actor.personId, name: "Ada Lovelace" }],
        tokenUseId: null,
        runIdClaimed: null,
        runIdVerified: null,
        traceId: null,
        credentialId: null,
        delegationId: null,
        requestId: "req_1",
        upstreamStatus: null,
        durationMs: null,
        detail: null,
      },
    ]);
  });

  it("that fails leaves neither itself nor a row, and its error passes unchanged", async () => {
    const before = await nameOf();
    const failure = new Error("after the write");
    const { left } = await watchRows(core, () =>
      expect(
        change(ada, "person.set_role", async (tx) => {
          await tx.person.update({ where: { id: ada.actor.personId }, data: { name: "Nobody" } });
          throw failure;
        }),
      ).rejects.toBe(failure),
    );
    expect([await nameOf(), left]).toEqual([before, []]);
  });

  it("whose row cannot be written does not happen", async () => {
    const before = await nameOf();
    const { pool } = writingSide(core.db);
    await pool.query(`create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$`);
    await pool.query("create trigger full_disk before insert on activity for each row execute function full_disk()");
    await expect(rename("Nobody")).rejects.toThrow();
    await pool.query("drop trigger full_disk on activity");
    expect(await nameOf()).toBe(before);
  });

  it("names the owner as the principal of an agent, and nobody as that of Valet itself", async () => {
    const agent = { kind: "agent", agentId: "agt_x", name: "Bot", ownerId: ada.actor.personId, credentialId: null } as const;
    const system = { kind: "system", name: "refresh" } as const;
    const { left } = await watchRows(core, async () => {
      await change(asActor(core, agent), "lent_token.create", async (_, row) => void Object.assign(row, { target: "x" }));
      await change(
        asActor(core, system),
        "connection.refresh",
        async (_, row) => void Object.assign(row, { target: "y", ownerId: "per_y" }),
      );
    });
    expect(left).toMatchObject([
      {
        acting: "agent",
        personId: ada.actor.personId,
        ownerId: ada.actor.personId,
        agentId: "agt_x",
        chain: [{ kind: "agent", id: "agt_x" }],
      },
      { acting: "system", personId: null, ownerId: "per_y", agentId: null, chain: [{ kind: "system", id: "valet", name: "refresh" }] },
    ]);
  });
});

describe("a refused change", () => {
  it("leaves the row of its reason", async () => {
    const refusal = new Refusal("conflict", "It is paused.", { reason: "agent_paused", detail: "for the operator alone" });
    const { left } = await watchRows(core, () => recordRefusedChange(ada, "grant.mint", { target: "A grant" }, refusal));
    expect(left).toMatchObject([{ event: "grant.mint", decision: "refused", reason: "agent_paused", reasonText: "It is paused." }]);
    expect(JSON.stringify(left)).not.toContain("operator");
  });
});

describe("book-keeping", () => {
  it("leaves no row, and fails nobody", async () => {
    const { left } = await watchRows(core, async () => {
      await touch(core, (tx) => tx.person.update({ where: { id: ada.actor.personId }, data: { lastSignInAt: core.clock.now() } }));
      await touch(core, () => Promise.reject(new Error("away")));
    });
    expect(left).toEqual([]);
    expect(core.log.lines.at(-1)).toEqual({ level: "warn", event: "touch.failed", fields: { error: "Error" } });
  });
});
