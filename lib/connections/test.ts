import { change } from "../activity/change";
import type { Connector } from "../connectors/connector";
import type { PersonCtx } from "../ctx";
import { isRefusal } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { accountConnector } from "../setups/client";
import { type Account, askAccount } from "./account";
import { causeOf, connectorOf, findOwnAccount } from "./ownAccount";
import { accountAccess } from "./refresh";
import { targetOf } from "./separate";

export interface ConnectionTest {
  readonly outcome: "ok" | "failed";
  readonly reason: string;
  /** Says it to the person, with what to do where it failed. */
  readonly sentence: string;
  readonly testedAt: Date;
}

type Shown = Pick<ConnectionTest, "outcome" | "reason" | "sentence">;

/**
 * Tries an account out: asks the SaaS whose it is, with the account's own access, renewed where it has to be. Nothing is changed there.
 * An account that turns out to be lost is marked so, as a use would have done. Its person alone.
 *
 * Refuses `not_found`, `too_many_requests` after ten calls in a minute. Whatever the SaaS does is a result and no refusal.
 */
export async function testConnection(ctx: PersonCtx, input: { connectionId: string }): Promise<ConnectionTest> {
  const connection = await findOwnAccount(ctx, input.connectionId);
  await ctx.limits.take("connection_test", connection.id);
  const shown = await tryOut(ctx, connection);
  await change(ctx, "connection.test", async (_tx, row) => {
    row.target = targetOf(accountConnector(ctx, connection).name, connection);
    row.connector = connection.connector;
    row.connectionId = connection.id;
    row.reason = `connection_${shown.outcome}`;
    row.reasonText = shown.sentence;
  });
  return { ...shown, testedAt: ctx.clock.now() };
}

async function tryOut(ctx: PersonCtx, connection: Connection): Promise<Shown> {
  try {
    const connector = await connectorOf(ctx, connection);
    const { accessToken } = await accountAccess(ctx, connection.id);
    // A token of Valet's own key opens the app's part of the account, and no "who am I": that it was made is the answer.
    if (connector.tokens.refresh === "minted") return answered(connector, connection.accountName);
    const first = await askAccount(ctx, connector, accessToken);
    if (first.status !== 401) return judge(connector, connection, first);
    // Not taken any more: renewed once, as a use would.
    const renewed = await accountAccess(ctx, connection.id, { rejected: accessToken });
    return judge(connector, connection, await askAccount(ctx, connector, renewed.accessToken));
  } catch (error) {
    if (isRefusal(error)) return { outcome: "failed", reason: error.reason, sentence: await causeOf(ctx, connection, error.message) };
    throw error;
  }
}

function judge(connector: Connector, connection: Connection, told: { status: number | null; account: Account | null }): Shown {
  const { name } = connector;
  const { status, account } = told;
  if (status === null)
    return failed("provider_unreachable", `${name} did not answer in time. Nothing is lost; try again in a few minutes.`);
  if (!account)
    return failed(
      "provider_refused",
      `${name} answered, but did not say whose account it is (status ${status}). Try again in a few minutes.`,
    );
  if (!isSame(connector, connection, account)) {
    return failed(
      "other_account",
      `${name} answered as ${account.name}, and this connection is for ${connection.accountName}. Reconnect it.`,
    );
  }
  return answered(connector, account.name);
}

/** Where only the token says which account it is, the answer cannot be compared; a shared key's id has the answer's at its end. */
function isSame(connector: Connector, { accountId, keyEndsAt }: Connection, account: Account): boolean {
  if (connector.account.idFromToken) return true;
  return keyEndsAt ? accountId.endsWith(`:${account.id}`) : accountId === account.id;
}

function answered({ name }: Connector, as: string): Shown {
  return { outcome: "ok", reason: "account_answered", sentence: `${name} answered, as ${as}.` };
}

function failed(reason: string, sentence: string): Shown {
  return { outcome: "failed", reason, sentence };
}
