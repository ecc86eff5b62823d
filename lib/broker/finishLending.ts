import type { CompleteInput } from "../connections/complete";
import type { PersonCtx } from "../ctx";
import { type Finished, finishWalk } from "../grants/finishWalk";
import { proveGrant } from "./lendGrant";

/** Ends any walk to a SaaS; a grant that came of it is proven before anybody can use it, as `lendGrant` does. */
export async function finishLending(ctx: PersonCtx, input: CompleteInput): Promise<Finished> {
  const finished = await finishWalk(ctx, input);
  if (finished.kind === "grant" && finished.outcome === "lent") await proveGrant(ctx, finished.grantId);
  return finished;
}
