import { z } from "zod";
import { change } from "../activity/change";
import { readTenant } from "../connectors/tenant";
import type { Ctx } from "../ctx";
import { Refusal } from "../errors";
import { localConnector } from "./client";

export const setUpInput = z.strictObject({
  connector: z.string().min(1).max(40),
  clientId: z.string().trim().min(1).max(300),
  /** Left out to keep the secret that is there. */
  clientSecret: z.string().trim().min(1).max(2000).optional(),
  /** Where the connector asks for one; left out to keep what is there. */
  tenant: z.string().max(253).optional(),
  enabled: z.boolean().default(true),
});

/** Registers Valet's own client at a SaaS, or changes it. Admins only; the secret can be written, never read. */
export async function setUpConnector(ctx: Ctx, input: z.input<typeof setUpInput>): Promise<void> {
  if (!mayAdminister(ctx)) throw new Refusal("forbidden", "Only an admin can set up connectors. Ask one to do it.");
  const { connector: id, clientId, clientSecret, enabled, tenant: givenTenant } = setUpInput.parse(input);
  const connector = localConnector(ctx, id);
  const present = await ctx.db.connectorSetup.findUnique({ where: { connector: id } });
  if (!present && !clientSecret) {
    throw new Refusal("invalid_request", `Give the client secret that ${connector.name} showed you.`, {
      fields: { clientSecret: "Needed the first time." },
    });
  }
  const tenant = connector.tenant ? readTenant(connector, givenTenant ?? present?.tenant ?? "") : null;
  await change(ctx, "connector.set_up", async (tx, row) => {
    row.target = connector.name;
    row.connector = id;
    row.detail = { enabled, secret: clientSecret ? "replaced" : "kept" };
    const place = { table: "connector_setups", row: id, column: "sealed_secret" };
    const sealedSecret = clientSecret ? ctx.vault.seal("lasting", place, clientSecret) : (present?.sealedSecret as string);
    const data = { clientId, sealedSecret, tenant, enabled, updatedAt: ctx.clock.now() };
    await tx.connectorSetup.upsert({ where: { connector: id }, create: { connector: id, ...data }, update: data });
  });
}

function mayAdminister(ctx: Ctx): boolean {
  return ctx.actor.kind === "system" || (ctx.actor.kind === "person" && ctx.actor.role === "admin");
}
