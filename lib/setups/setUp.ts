import { z } from "zod";
import { change } from "../activity/change";
import { changed } from "../activity/changed";
import { ceilingChoices } from "../connectors/ceiling";
import type { Connector } from "../connectors/connector";
import { readTenant } from "../connectors/tenant";
import type { Ctx } from "../ctx";
import { Refusal } from "../errors";
import type { ConnectorSetup } from "../generated/prisma/client";
import { inRefresher } from "../inRefresher";
import { isRsaKey } from "../tokens/appJwt";
import { appKeyPlace } from "./appKey";
import { localConnector, secretPlace } from "./client";

export const setUpInput = z.strictObject({
  connector: z.string().min(1).max(40),
  clientId: z.string().trim().min(1).max(300),
  /** Left out to keep the secret that is there. */
  clientSecret: z.string().trim().min(1).max(2000).optional(),
  /** Where the connector asks for one; left out to keep what is there. */
  tenant: z.string().max(253).optional(),
  /** A second client that is registered for reading only. Left out: as it is. Empty: taken away, with its secret. */
  readClientId: z.string().trim().max(300).optional(),
  /** Left out to keep the secret that is there. */
  readClientSecret: z.string().trim().min(1).max(2000).optional(),
  /** The most that people may connect with, in the SaaS's scope names. Left out: as it is. Empty: no ceiling. */
  ceiling: z.array(z.string().max(200)).max(200).optional(),
  /** The identity of a GitHub App, with its private key. Left out to keep what is there, as long as the client is the same. */
  app: z
    .strictObject({ id: z.string().max(20), slug: z.string().max(100), privateKey: z.string().max(10_000).refine(isRsaKey) })
    .optional(),
  enabled: z.boolean().default(true),
});
type SetUp = z.output<typeof setUpInput>;

/** Registers Valet's own clients at a SaaS, or changes them. Admins only; a secret can be written, never read. */
export const setUpConnector = inRefresher(
  "connector.set_up",
  setUpInput,
  async (ctx: Ctx, input: z.input<typeof setUpInput>): Promise<void> => {
    requireAdmin(ctx);
    const given = setUpInput.parse(input);
    const { connector: id, clientId, enabled } = given;
    const connector = localConnector(ctx, id);
    const present = await ctx.db.connectorSetup.findUnique({ where: { connector: id } });
    const keys = { ...mainSecret(ctx, connector, given, present), ...readClient(ctx, connector, given, present) };
    const tenant = connector.tenant ? readTenant(connector, given.tenant ?? present?.tenant ?? "") : null;
    const ceiling = readCeiling(connector, given.ceiling ?? present?.ceiling ?? []);
    await change(ctx, "connector.set_up", async (tx, row) => {
      row.target = connector.name;
      row.connector = id;
      row.detail = { enabled, secret: given.clientSecret ? "replaced" : "kept", readOnlyClient: keys.readClientId !== null, ceiling };
      const before = await tx.connectorSetup.findUnique({ where: { connector: id } });
      Object.assign(row.detail, toldOf(connector, before, { clientId, tenant, readClientId: keys.readClientId, ceiling, enabled }, given));
      // What a test has shown was of the set-up before: without a time, its result is not read.
      const app = given.app ? sealApp(ctx, id, given.app) : present?.clientId === clientId ? {} : NO_APP;
      const data = { clientId, ...keys, ...app, tenant, ceiling, enabled, testedAt: null, updatedAt: ctx.clock.now() };
      await tx.connectorSetup.upsert({ where: { connector: id }, create: { connector: id, ...data }, update: data });
    });
  },
);

type Told = Pick<ConnectorSetup, "clientId" | "tenant" | "readClientId" | "ceiling" | "enabled">;

/** What this changes, in words. Of secrets only that there is another. */
function toldOf(connector: Connector, before: ConnectorSetup | null, after: Told, given: SetUp) {
  const labels = new Map(ceilingChoices(connector).map(({ name, label }) => [name, label]));
  const ceilingOf = (one: Told | null) =>
    one && (one.ceiling.length === 0 ? "all that it knows" : one.ceiling.map((name) => labels.get(name) ?? name));
  return changed(
    ["Switched on", before?.enabled, after.enabled],
    ["Ceiling", ceilingOf(before), ceilingOf(after)],
    ["Client", before?.clientId, after.clientId],
    ["Client that only reads", before?.readClientId, after.readClientId],
    ["Tenant", before?.tenant, after.tenant],
    ["Secret", before ? "the one before" : null, given.clientSecret ? "another" : before ? "the one before" : null],
  );
}

/** Set-ups are an admin's business, and a start's. Refuses `forbidden`. */
export function requireAdmin(ctx: Ctx): void {
  const may = ctx.actor.kind === "system" || (ctx.actor.kind === "person" && ctx.actor.role === "admin");
  if (!may) throw new Refusal("forbidden", "Only an admin can set up connectors. Ask one to do it.");
}

function mainSecret(ctx: Ctx, connector: Connector, { clientSecret }: SetUp, present: ConnectorSetup | null) {
  if (clientSecret) return { sealedSecret: ctx.vault.seal("lasting", secretPlace(connector.id, "sealed_secret"), clientSecret) };
  if (present) return { sealedSecret: present.sealedSecret };
  throw secretNeeded(connector, "clientSecret");
}

/** Connections that were made with a client that is taken away, or exchanged, stop with their next refresh. */
function readClient(ctx: Ctx, connector: Connector, given: SetUp, present: ConnectorSetup | null) {
  const readClientId = given.readClientId ?? present?.readClientId ?? null;
  if (!readClientId) return { readClientId: null, sealedReadSecret: null };
  if (connector.readRegistration !== "works") {
    throw new Refusal("invalid_request", `A second client at ${connector.name} would not make a grant narrower, so none is kept.`, {
      reason: "read_registration_useless",
      fields: { readClientId: "Leave this empty." },
    });
  }
  const place = secretPlace(connector.id, "sealed_read_secret");
  if (given.readClientSecret) return { readClientId, sealedReadSecret: ctx.vault.seal("lasting", place, given.readClientSecret) };
  if (!present?.sealedReadSecret) throw secretNeeded(connector, "readClientSecret");
  return { readClientId, sealedReadSecret: present.sealedReadSecret };
}

function secretNeeded(connector: Connector, field: "clientSecret" | "readClientSecret"): Refusal {
  return new Refusal("invalid_request", `Give the client secret that ${connector.name} showed you.`, {
    fields: { [field]: "Needed the first time." },
  });
}

/** In the connector's order, without doubles. Refuses `invalid_scope` for a name it does not have: a ceiling with a hole is none. */
function readCeiling(connector: Connector, names: readonly string[]): string[] {
  const choices = ceilingChoices(connector).map((scope) => scope.name);
  const unknown = names.find((name) => !choices.includes(name));
  if (unknown === undefined) return choices.filter((name) => names.includes(name));
  throw new Refusal("invalid_scope", `${connector.name} has no permission "${unknown.slice(0, 80)}". Choose from the list.`, {
    reason: "scope_unknown",
    fields: { ceiling: "Choose from the list." },
  });
}

/** A key belongs to one app: it does not stay behind for another client. */
const NO_APP = { appId: null, appSlug: null, sealedAppKey: null };

function sealApp(ctx: Ctx, connector: string, { id, slug, privateKey }: { id: string; slug: string; privateKey: string }) {
  return { appId: id, appSlug: slug, sealedAppKey: ctx.vault.seal("lasting", appKeyPlace(connector), privateKey) };
}
