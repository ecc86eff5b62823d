import { z } from "zod";
import { change, recordRefusedChange } from "../activity/change";
import type { Connector } from "../connectors/connector";
import { takesPastedKey, withPastedKey } from "../connectors/pastedKey";
import { accountApiBase } from "../connectors/tenant";
import type { PersonCtx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { newId } from "../ids";
import { loadKnownClient } from "../setups/client";
import { secretKind } from "../tokens/secret";
import { type Account, readAccount, readApiAddress } from "./account";
import { sealTokens } from "./sealTokens";

export const KEY_DAYS_MAX = 90;
const NAME_CHARACTERS_MAX = 60;

export const sharedKeyInput = z.strictObject({
  connector: z.string().min(1).max(40),
  /** What people know it by: "Deploy key of the old CI". */
  accountName: z.string().trim().min(1, "Give it a name.").max(NAME_CHARACTERS_MAX),
  /** The key itself. Written, never read. */
  token: z.string().regex(/^[\x21-\x7e]{8,4096}$/, "Paste the key alone, without spaces or line breaks."),
  /** What it is believed to be allowed, in the SaaS's scope names. The service does not say. */
  scopes: z.array(z.string().max(200)).max(100).default([]),
  /** At most 90 days from now. */
  endsAt: z.coerce.date(),
});

/**
 * Records a key that was pasted: an account without a consent, which ends by itself and wears a warning until then. Whoever records it owns
 * it. The service is asked once whose account it opens; a key that opens none is not kept.
 *
 * Refuses `invalid_request` (`key_not_possible`, `end_past`, `end_too_far`), `invalid_scope`, `not_found` where the connector is off, and
 * `upstream_failed` when the service does not take it. RFC 9700 section 2.6 is why this is a last resort.
 */
export async function recordSharedKey(ctx: PersonCtx, input: z.input<typeof sharedKeyInput>): Promise<{ readonly connectionId: string }> {
  const given = sharedKeyInput.parse(input);
  try {
    return await record(ctx, given);
  } catch (error) {
    const { connector } = given;
    if (isRefusal(error)) await recordRefusedChange(ctx, "connection.record_key", { target: connector, connector }, error);
    throw error;
  }
}

async function record(ctx: PersonCtx, given: z.output<typeof sharedKeyInput>): Promise<{ readonly connectionId: string }> {
  const endsAt = readEnd(given.endsAt, ctx.clock.now());
  const { connector: known } = await loadKnownClient(ctx, given.connector);
  if (!takesPastedKey(known)) throw notPossible(known);
  if (secretKind(given.token)) throw ours();
  const connector = withPastedKey(known);
  const scopes = believed(connector, given.scopes);
  const account = await readAccount(ctx, connector, given.token);
  const asked = await readApiAddress(ctx, connector, given.token);
  const apiBase = accountApiBase(connector, { token: null, account: account.body, asked });
  return keep(ctx, connector, account, { ...given, scopes, endsAt, apiBase });
}

function readEnd(endsAt: Date, now: Date): Date {
  if (endsAt <= now) throw badEnd("Choose an end that is still to come.", "end_past");
  if (endsAt.getTime() - now.getTime() > KEY_DAYS_MAX * 86_400_000)
    throw badEnd(`A shared key ends within ${KEY_DAYS_MAX} days. Choose an earlier end.`, "end_too_far");
  return endsAt;
}

function badEnd(sentence: string, reason: string): Refusal {
  return new Refusal("invalid_request", sentence, { reason, fields: { endsAt: sentence } });
}

function notPossible({ name }: Connector): Refusal {
  return new Refusal("invalid_request", `${name} has no key that works by itself, so none can be recorded.`, {
    reason: "key_not_possible",
    next: "Connect the account instead.",
    fields: { connector: `${name} has no key that works by itself.` },
  });
}

function ours(): Refusal {
  const sentence = "That is a secret of this Valet, and no key of the service.";
  return new Refusal("invalid_request", sentence, { reason: "key_ours", fields: { token: sentence } });
}

/** Only names that the connector knows: what a key can do beyond them nobody lends. */
function believed(connector: Connector, names: readonly string[]): string[] {
  const choices = connector.scopes.filter((scope) => !scope.virtual && !scope.protocol).map(({ name }) => name);
  const unknown = names.some((name) => !choices.includes(name));
  if (!unknown && (names.length > 0 || choices.length === 0)) return choices.filter((name) => names.includes(name));
  const sentence = unknown ? `${connector.name} has no such permission. Choose from the list.` : "Choose at least one permission.";
  throw new Refusal("invalid_scope", sentence, { reason: unknown ? "scope_unknown" : "scope_missing", fields: { scopes: sentence } });
}

interface Recorded {
  readonly accountName: string;
  readonly token: string;
  readonly scopes: string[];
  readonly endsAt: Date;
  readonly apiBase: string | null;
}

async function keep(ctx: PersonCtx, connector: Connector, account: Account, key: Recorded): Promise<{ readonly connectionId: string }> {
  const connectedAt = ctx.clock.now();
  const id = newId("con", connectedAt);
  const { sealedAccess } = sealTokens(ctx, id, {
    accessToken: key.token,
    refreshToken: null,
    expiresInSeconds: null,
    scopes: key.scopes,
    body: {},
  });
  const accountName = `${key.accountName} (key of ${account.name})`;
  await change(ctx, "connection.record_key", async (tx, row) => {
    row.target = `${connector.name}: ${accountName}`;
    row.connectionId = id;
    row.connector = connector.id;
    row.scopes = key.scopes;
    row.detail = { keyEndsAt: key.endsAt.toISOString() };
    const whose = { id, personId: ctx.actor.personId, connector: connector.id };
    // Never taken for the account itself: connecting that makes a connection of its own.
    const what = { accountId: `key:${id}:${account.id}`, accountName, providerScopes: key.scopes, apiBase: key.apiBase };
    const ends = { accessExpiresAt: key.endsAt, keyEndsAt: key.endsAt };
    await tx.connection.create({ data: { ...whose, ...what, ...ends, sealedAccess, connectedAt } });
  });
  return { connectionId: id };
}
