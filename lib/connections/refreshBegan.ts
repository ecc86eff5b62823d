import { noteFirst, touch } from "../activity/change";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { Connection } from "../generated/prisma/client";
import type { Lost } from "./health";

type Began = Pick<Connection, "id" | "tokenVersion" | "refreshBeganAt" | "refreshBeganVersion">;

/** What is stored of a refresh that is under way no more, together with what it brought. */
export const NOTHING_BEGAN = { refreshBeganAt: null, refreshBeganVersion: null } as const;

/**
 * Writes down that a refresh is about to be sent. Whoever finds that later, with the token of that time still in its place, knows that an answer
 * may have been lost. Where it cannot be written, nothing is sent.
 *
 * Refuses `unavailable` when the tokens are others by now.
 */
export async function noteBegun(core: Core, { id, tokenVersion }: Began): Promise<void> {
  const data = { refreshBeganAt: core.clock.now(), refreshBeganVersion: tokenVersion };
  const { count } = await noteFirst(core, (tx) => tx.connection.updateMany({ where: { id, tokenVersion, status: "active" }, data }));
  if (count === 0) throw overtaken();
}

/** The same for one that failed while we were there to see it: a refusal spent nothing, and of no readable answer nobody can say. */
export async function noteFailed(core: Core, connection: Began, refusal: Refusal): Promise<void> {
  const { id, tokenVersion } = connection;
  await touch(core, (tx) => tx.connection.updateMany({ where: { id, tokenVersion }, data: afterFailure(connection, refusal) }));
}

/** An earlier one whose answer was lost stays lost, whatever became of this one. Its time is kept only of one that nobody saw end. */
function afterFailure(connection: Began, refusal: Refusal) {
  const { refreshBeganAt, refreshBeganVersion, tokenVersion } = connection;
  if (lostBefore(connection)) return { refreshBeganAt, refreshBeganVersion };
  return mayBeSpent(refusal) ? { refreshBeganAt: null, refreshBeganVersion: tokenVersion } : NOTHING_BEGAN;
}

/** Whether an earlier refresh by the token that is still in its place may have been answered, and how that answer was lost. */
export function lostBefore({ tokenVersion, refreshBeganAt, refreshBeganVersion }: Began): Lost | null {
  if (refreshBeganVersion !== tokenVersion) return null;
  return refreshBeganAt ? "stopped" : "unanswered";
}

const WITHOUT_READABLE_ANSWER = new Set(["provider_bad_answer", "provider_timed_out", "provider_unreachable", "provider_token_type"]);
const NEVER_SENT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT/;

function mayBeSpent({ reason, detail }: Refusal): boolean {
  return WITHOUT_READABLE_ANSWER.has(reason) && !NEVER_SENT.test(detail ?? "");
}

export function overtaken(): Refusal {
  return new Refusal("unavailable", "The account was changed at the same moment. Try again.", {
    reason: "refresh_overtaken",
    retryAfterSeconds: 1,
  });
}
