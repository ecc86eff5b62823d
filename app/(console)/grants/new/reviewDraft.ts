import "server-only";
import { readForPage } from "@/app/_server/read";
import type { PersonCtx } from "@/lib/ctx";
import { isRefusal, type Refusal } from "@/lib/errors";
import { previewSeparately } from "@/lib/grants/lendSeparately";
import { type GrantSummary, type MintInput, mintInput, previewGrant } from "@/lib/grants/preview";
import type { Draft } from "./draft";
import { boundsOf } from "./draftBounds";

interface Reviewed {
  readonly summary: GrantSummary | null;
  /** Why there is none, as a sentence for above the form. */
  readonly problem: string | null;
  /** The gateway could not hold it, and a consent of its own could. */
  readonly separately?: boolean;
  /** The finer reason of the refusal. */
  readonly reason?: string;
}

/** What minting this draft would give, or why it would not. */
export async function reviewDraft(ctx: PersonCtx, draft: Draft): Promise<Reviewed> {
  const { connection: connectionId, agent: agentId, scopes, lifetime, delivery } = draft;
  const bounds = boundsOf(draft.bounds);
  const wish = { ...(delivery ? { delivery } : {}), ...(bounds ? { bounds } : {}), ...(draft.pattern ? { pattern: draft.pattern } : {}) };
  const input = mintInput.safeParse({ connectionId, agentId, scopes: [...scopes], lifetime, ...wish });
  if (!input.success) return { summary: null, problem: input.error.issues[0]?.message ?? "Please look at your choices." };
  return readForPage(async () => {
    try {
      return { summary: await (draft.consent ? previewSeparately : previewGrant)(ctx, input.data), problem: null };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return {
        summary: null,
        problem: error.message,
        reason: error.reason,
        separately: !draft.consent && (await couldBeSeparate(ctx, input.data, error)),
      };
    }
  });
}

/** The gateway cannot tell some scopes apart; a smaller token of the service's own can. */
async function couldBeSeparate(ctx: PersonCtx, input: MintInput, { reason }: Refusal): Promise<boolean> {
  if (reason !== "scope_not_enforceable") return false;
  return previewSeparately(ctx, input).then(
    () => true,
    () => false,
  );
}
