import type { PersonCtx } from "../ctx";
import { type Minted, mintGrant } from "../grants/mint";
import type { MintInput } from "../grants/preview";
import { type SelfTest, testGrant } from "./selfTest";

/**
 * Lends, and proves it before anybody can use it: the grant is minted shut, its self-test runs, and only then it opens,
 * unless something was found that should be shut. The SaaS decides nothing here: when it is slow or away the grant opens
 * "not proven yet", held by what it was lent to be held by. If this process dies in between, the grant stays shut until it
 * is tested on its page.
 *
 * Refuses as `mintGrant`; never for what comes of the test.
 */
export async function lendGrant(ctx: PersonCtx, input: MintInput): Promise<Minted & { readonly selfTest: SelfTest | null }> {
  const minted = await mintGrant(ctx, input, { untilTested: true });
  return { ...minted, selfTest: await proveGrant(ctx, minted.grantId) };
}

/** The first self-test of a grant that was minted shut. Null when it could not be run: then it stays shut. */
export async function proveGrant(ctx: PersonCtx, grantId: string): Promise<SelfTest | null> {
  return testGrant(ctx, { grantId }).catch((error: unknown) => {
    ctx.log.error("self_test.failed", { grantId, error: error instanceof Error ? error.name : "unknown" });
    return null;
  });
}
