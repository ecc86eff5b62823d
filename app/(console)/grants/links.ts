"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { agreeLink } from "@/lib/chains/agree";
import { revokeDelegation, revokeLink } from "@/lib/chains/revoke";

const agreed = z.object({ grantId: z.string(), fromAgentId: z.string(), toAgentId: z.string() });

export const agree = personAction(agreed, async (ctx, input) => {
  await agreeLink(ctx, input);
  revalidatePath("/", "layout");
  return null;
});

export const endLink = personAction(z.object({ linkId: z.string() }), async (ctx, input) => {
  await revokeLink(ctx, input);
  revalidatePath("/", "layout");
  return null;
});

export const endDelegation = personAction(z.object({ delegationId: z.string() }), async (ctx, input) => {
  await revokeDelegation(ctx, input);
  revalidatePath("/", "layout");
  return null;
});
