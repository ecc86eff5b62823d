import type { PersonCtx } from "../ctx";
import { type SeparateConsent, separateConsent } from "../policy/separate";
import type { HeldAccount } from "./preview";

/**
 * The separate consent that this person could give for these scopes; null where there is none to give. Where consents through
 * one client would merge, the read-only client has room for one at a time: another grant's must have ended first.
 */
export async function offerSeparately(ctx: PersonCtx, account: HeldAccount, scopes: readonly string[]): Promise<SeparateConsent | null> {
  const { connection, connector, allowed } = account;
  if (connection.keyEndsAt) return null;
  const offer = separateConsent(connector, connection.providerScopes, scopes, allowed.readRegistration);
  if (offer?.registration !== "read_only" || connector.separateConsent === "works") return offer;
  const { personId, accountId } = connection;
  const taken = { personId, accountId, connector: connector.id, registration: "read_only", status: { not: "disconnected" } };
  return (await ctx.db.connection.count({ where: taken })) > 0 ? null : offer;
}
