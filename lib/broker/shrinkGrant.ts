import type { PersonCtx } from "../ctx";
import { isRefusal } from "../errors";
import { type NarrowInput, narrowGrant } from "../grants/narrow";
import { type SelfTest, testGrant } from "./selfTest";

type Narrowed = Awaited<ReturnType<typeof narrowGrant>>;

/**
 * Takes away what a grant does not need, and proves what is left, so that the evidence on its page is about the grant as it is
 * now. A test that cannot be made (a paused agent) takes nothing back. Refuses as `narrowGrant`.
 */
export async function shrinkGrant(ctx: PersonCtx, input: NarrowInput): Promise<Narrowed & { readonly selfTest: SelfTest | null }> {
  const narrowed = await narrowGrant(ctx, input);
  const selfTest = await testGrant(ctx, { grantId: input.grantId }).catch((error: unknown) => {
    if (isRefusal(error)) return null;
    throw error;
  });
  return { ...narrowed, selfTest };
}
