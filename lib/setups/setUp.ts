import { z } from "zod";
import { change } from "../activity/change";
import { readTenant } from "../connectors/tenant";
import type { Ctx } from "../ctx";
import { Refusal } from "../errors";
import { isRsaKey } from "../tokens/appJwt";
import { appKeyPlace } from "./appKey";
import { localConnector } from "./client";

export const setUpInput = z.strictObject({
  connector: z.string().min(1).max(40),
  clientId: z.string().trim().min(1).max(300),
  /** Left out to keep the secret that is there. */
  clientSecret: z.string().trim().min(1).max(2000).optional(),
  /** Where the connector asks for one; left out to keep what is there. */
  tenant: z.string().max(253).optional(),
  /** The identity of a GitHub App, with its private key. Left out to keep what is there, as long as the client is the same. */
  app: z
    .strictObject({ id: z.string().max(20), slug: z.string().max(100), privateKey: z.string().max(10_000).refine(isRsaKey) })
    .optional(),
  enabled: z.boolean().default(true),
});

/** Registers Valet's own client at a SaaS, or changes it. Admins only; the secret can be written, never read. */
export async function setUpConnector(ctx: Ctx, input: z.input<typeof setUpInput>): Promise<void> {
  if (!mayAdminister(ctx)) throw new Refusal("forbidden", "Only an admin can set up connectors. Ask one to do it.");
  const { connector: id, clientId, clientSecret, enabled, tenant: givenTenant, app } = setUpInput.parse(input);
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
    const appColumns = app ? sealApp(ctx, id, app) : present?.clientId === clientId ? {} : NO_APP;
    const data = { clientId, sealedSecret, tenant, enabled, ...appColumns, updatedAt: ctx.clock.now() };
    await tx.connectorSetup.upsert({ where: { connector: id }, create: { connector: id, ...data }, update: data });
  });
}

/** A key belongs to one app: it does not stay behind for another client. */
const NO_APP = { appId: null, appSlug: null, sealedAppKey: null };

function sealApp(ctx: Ctx, connector: string, { id, slug, privateKey }: { id: string; slug: string; privateKey: string }) {
  return { appId: id, appSlug: slug, sealedAppKey: ctx.vault.seal("lasting", appKeyPlace(connector), privateKey) };
}

function mayAdminister(ctx: Ctx): boolean {
  return ctx.actor.kind === "system" || (ctx.actor.kind === "person" && ctx.actor.role === "admin");
}
