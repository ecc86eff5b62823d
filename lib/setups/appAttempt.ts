import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { Refusal } from "../errors";
import type { ConnectAttempt } from "../generated/prisma/client";
import { hashSecret, sameText } from "../tokens/secret";
import type { Place } from "../vault/vault";

const AGAIN = "Start again from the Connectors page.";
const PREFIX = "app-manifest:";

/** The word an attempt carries in place of a connector: no callback of a connection takes it for its own, nor the other way round. */
export function appAttemptWord(connector: string): string {
  return PREFIX + connector;
}

export function appAttemptPlace(attemptId: string): Place {
  return { table: "connect_attempts", row: attemptId, column: "sealed_verifier" };
}

/**
 * Takes the walk that GitHub's answer belongs to, once: the admin who began it, in the browser they began it in, within ten
 * minutes. Anything else is refused, and the walk is spent with it. Answers the connector it was for.
 */
export async function takeAppAttempt(ctx: PersonCtx, state: string | null, browserSecret: string): Promise<string> {
  const attempt = state ? await ctx.db.connectAttempt.findUnique({ where: { stateHash: hashSecret(state) } }) : null;
  if (!attempt?.connector.startsWith(PREFIX))
    throw refuse("state_unknown", `This answer does not belong to anything you started here. ${AGAIN}`);
  const connector = attempt.connector.slice(PREFIX.length);
  const spent = await change(ctx, "connector.app_callback", async (tx, row) => {
    row.target = connector;
    row.connector = connector;
    row.ownerId = attempt.personId;
    return tx.connectAttempt.updateMany({ where: { id: attempt.id, takenAt: null }, data: { takenAt: ctx.clock.now() } });
  });
  if (spent.count === 0) throw refuse("state_replayed", `This answer was used already. ${AGAIN}`);
  judge(ctx, attempt, browserSecret);
  return connector;
}

function judge(ctx: PersonCtx, attempt: ConnectAttempt, browserSecret: string): void {
  if (attempt.personId !== ctx.actor.personId)
    throw refuse("other_person", `Somebody else started this, so their answer was not taken for you. ${AGAIN}`);
  if (!sameText(attempt.browserHash, hashSecret(browserSecret)))
    throw refuse("other_browser", `This was started in another browser, so it was thrown away. ${AGAIN}`);
  if (attempt.expiresAt <= ctx.clock.now()) throw refuse("state_expired", `That took longer than ten minutes. ${AGAIN}`);
}

function refuse(reason: string, message: string): Refusal {
  return new Refusal("forbidden", message, { reason });
}
