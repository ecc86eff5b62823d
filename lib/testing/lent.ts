import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import type { TestCore } from "./core";

/** A bare connection record with sealed tokens, for tests of other nouns. Returns its id. */
export async function connectionRecord(core: TestCore, owner: PersonCtx): Promise<string> {
  const id = newId("con", core.clock.now());
  const seal = (column: string) =>
    core.vault.seal(column === "sealed_refresh" ? "lasting" : "passing", { table: "connections", row: id, column }, "held");
  await writingSide(core.db).prisma.connection.create({
    data: {
      id,
      personId: owner.actor.personId,
      connector: "demo",
      accountId: `account of ${id}`,
      accountName: "ada",
      providerScopes: ["issues:read"],
      sealedRefresh: seal("sealed_refresh"),
      sealedAccess: seal("sealed_access"),
      connectedAt: core.clock.now(),
    },
  });
  return id;
}

/** A bare grant record of one hour, for tests of other nouns. Returns its id. */
export async function grantRecord(core: TestCore, lender: PersonCtx, to: { agentId: string; connectionId: string }): Promise<string> {
  const createdAt = core.clock.now();
  const id = newId("grt", createdAt);
  const what = { connector: "demo", scopes: ["issues:read"], access: "read", delivery: "gateway", narrowedBy: "gateway", consent: {} };
  const expiresAt = new Date(createdAt.getTime() + 3_600_000);
  await writingSide(core.db).prisma.grant.create({ data: { id, personId: lender.actor.personId, ...to, ...what, createdAt, expiresAt } });
  return id;
}

/** The row of an allowed use by an agent, as the broker leaves it. */
export async function useRecord(core: TestCore, agentId: string, decision: "allowed" | "refused" = "allowed"): Promise<void> {
  const at = core.clock.now();
  const row = {
    kind: "use",
    event: "gateway.call",
    acting: "agent",
    target: "GET /api/issues",
    decision,
    reason: "within_grant",
    chain: [],
  };
  await writingSide(core.db).prisma.activity.create({ data: { id: newId("use", at), at, agentId, ...row } });
}
