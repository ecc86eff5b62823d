"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { manyOf, personAction } from "@/app/_server/action";
import { keepBrowserSecret } from "@/app/_server/browserSecret";
import { beginConnection } from "@/lib/connections/begin";
import { disconnectConnection } from "@/lib/connections/disconnect";
import { recordSharedKey, sharedKeyInput } from "@/lib/connections/recordKey";
import { testConnection } from "@/lib/connections/test";

/** Opens the walk to a SaaS. The address comes back as the answer: no form of ours ever posts towards another host. */
export const beginConnecting = personAction(
  z.object({ connector: z.string(), connectionId: z.string().optional(), scopes: manyOf }),
  async (ctx, { connector, connectionId, scopes }) => {
    const browserSecret = await keepBrowserSecret(ctx);
    return beginConnection(ctx, { connector, scopes, browserSecret, ...(connectionId ? { connectionId } : {}) });
  },
);

/** The key goes in here and nowhere else: no answer repeats it. */
export const recordKey = personAction(sharedKeyInput.extend({ scopes: manyOf }), async (ctx, input): Promise<never> => {
  const { connectionId } = await recordSharedKey(ctx, input);
  revalidatePath("/", "layout");
  redirect(`/connections/${connectionId}`);
});

export const disconnect = personAction(z.object({ connectionId: z.string() }), async (ctx, { connectionId }) => {
  const { note, grantsEnded } = await disconnectConnection(ctx, { connectionId });
  revalidatePath("/", "layout");
  return { note, grantsEnded };
});

export const tryOut = personAction(z.object({ connectionId: z.string() }), async (ctx, { connectionId }) => {
  const { outcome, sentence, testedAt } = await testConnection(ctx, { connectionId });
  revalidatePath("/", "layout");
  return { outcome, sentence, testedAt: testedAt.toISOString() };
});
