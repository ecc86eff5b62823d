import type { Core } from "../ctx";
import { readByKey } from "../db";
import { Refusal } from "../errors";

/** Whether an access token of ours was ended before its time, by its `jti`. The ledger's gates ask the same in their own statement. */
export async function isTokenEnded(core: Pick<Core, "db">, jti: string): Promise<boolean> {
  return (await readByKey(core.db, "token_ended", "select jti as key from ended_tokens where jti = any($1)", jti)) !== null;
}

export function tokenEnded(): Refusal {
  return new Refusal("invalid_token", "This access token was revoked. Exchange the grant for a new one.", { reason: "token_revoked" });
}
