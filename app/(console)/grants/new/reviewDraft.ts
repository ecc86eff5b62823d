import "server-only";
import { readForPage } from "@/app/_server/read";
import type { PersonCtx } from "@/lib/ctx";
import { isRefusal } from "@/lib/errors";
import { type GrantSummary, mintInput, previewGrant } from "@/lib/grants/preview";
import type { Draft } from "./draft";
import { boundsOf } from "./draftBounds";

interface Reviewed {
  readonly summary: GrantSummary | null;
  /** Why there is none, as a sentence for above the form. */
  readonly problem: string | null;
}

/** What minting this draft would give, or why it would not. */
export async function reviewDraft(ctx: PersonCtx, draft: Draft): Promise<Reviewed> {
  const { connection: connectionId, agent: agentId, scopes, lifetime, delivery } = draft;
  const bounds = boundsOf(draft.bounds);
  const wish = { ...(delivery ? { delivery } : {}), ...(bounds ? { bounds } : {}) };
  const input = mintInput.safeParse({ connectionId, agentId, scopes: [...scopes], lifetime, ...wish });
  if (!input.success) return { summary: null, problem: input.error.issues[0]?.message ?? "Please look at your choices." };
  return readForPage(async () => {
    try {
      return { summary: await previewGrant(ctx, input.data), problem: null };
    } catch (error) {
      if (isRefusal(error)) return { summary: null, problem: error.message };
      throw error;
    }
  });
}
