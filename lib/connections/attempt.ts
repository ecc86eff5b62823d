import { change, recordRefusedChange } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import type { ConnectAttempt } from "../generated/prisma/client";
import type { Registration } from "../setups/client";
import { hashSecret, sameText } from "../tokens/secret";
import { places } from "./places";
import { registrationOf } from "./separate";

export interface TakenAttempt {
  readonly connector: string;
  readonly connectionId: string | null;
  readonly scopes: readonly string[];
  readonly registration: Registration;
  /** Set when the walk was for one grant alone. */
  readonly lending: Lending | null;
  readonly verifier: string;
}

/** What a walk for one grant alone was begun with. */
export interface Lending {
  /** The account's own connection. */
  readonly parentId: string;
  /** What to lend, as the person agreed to it: read by whoever lends. */
  readonly draft: Readonly<Record<string, unknown>>;
}

const AGAIN = "Start again from the Connections page.";

/**
 * Takes the attempt that a callback belongs to, once. The person who began it, in the browser they began it in, at the
 * connector they began it for: anything else is refused, and the attempt is spent with it (RFC 9700 section 4.7).
 */
export async function takeAttempt(ctx: PersonCtx, connector: string, state: string | null, browserSecret: string): Promise<TakenAttempt> {
  try {
    const attempt = await spend(ctx, connector, state);
    judge(ctx, attempt, connector, browserSecret);
    const verifier = ctx.vault.open("passing", places.verifier(attempt.id), attempt.sealedVerifier);
    const { connectionId, scopes, lending } = attempt;
    return { connector, connectionId, scopes, registration: registrationOf(attempt), lending: lending as Lending | null, verifier };
  } catch (error) {
    if (isRefusal(error)) await recordRefusedChange(ctx, "connection.callback", { target: connector, connector }, error);
    throw error;
  }
}

async function spend(ctx: PersonCtx, connector: string, state: string | null): Promise<ConnectAttempt> {
  const attempt = state ? await ctx.db.connectAttempt.findUnique({ where: { stateHash: hashSecret(state) } }) : null;
  if (!attempt) throw refuse("state_unknown", `This answer does not belong to anything you started here. ${AGAIN}`);
  const spent = await change(ctx, "connection.callback", async (tx, row) => {
    row.target = connector;
    row.connector = connector;
    row.ownerId = attempt.personId;
    return tx.connectAttempt.updateMany({ where: { id: attempt.id, takenAt: null }, data: { takenAt: ctx.clock.now() } });
  });
  if (spent.count === 0)
    throw refuse("state_replayed", `This answer was used already. If the account is not on your list, ${AGAIN.toLowerCase()}`);
  return attempt;
}

function judge(ctx: PersonCtx, attempt: ConnectAttempt, connector: string, browserSecret: string): void {
  if (attempt.personId !== ctx.actor.personId) {
    throw refuse("other_person", `Somebody else started this, so their answer was not taken for you. ${AGAIN}`);
  }
  if (!sameText(attempt.browserHash, hashSecret(browserSecret))) {
    throw refuse("other_browser", `This was started in another browser, so it was thrown away. ${AGAIN}`);
  }
  if (attempt.connector !== connector) {
    throw refuse("connector_swapped", `You started with ${attempt.connector}, but the answer came back for ${connector}. ${AGAIN}`);
  }
  if (attempt.expiresAt <= ctx.clock.now()) throw refuse("state_expired", `That took longer than ten minutes. ${AGAIN}`);
}

function refuse(reason: string, message: string): Refusal {
  return new Refusal("forbidden", message, { reason });
}
