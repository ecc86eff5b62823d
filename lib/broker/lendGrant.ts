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
  const selfTest = await testGrant(ctx, { grantId: minted.grantId }).catch((error: unknown) => {
    ctx.log.error("self_test.failed", { grantId: minted.grantId, error: error instanceof Error ? error.name : "unknown" });
    return null;
  });
  return { ...minted, selfTest };
}
