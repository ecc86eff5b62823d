"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { endSession } from "@/app/_server/session";
import { createPersonalToken, revokePersonalToken } from "@/lib/people/personalTokens";
import { signOutEverywhere } from "@/lib/people/signOutEverywhere";
import { endTerminal } from "@/lib/people/terminals";

export const createToken = personAction(z.object({ name: z.string(), lifetimeDays: z.coerce.number() }), async (ctx, input) => {
  const { token, expiresAt } = await createPersonalToken(ctx, input);
  revalidatePath("/account");
  return { token, expiresAt: expiresAt.toISOString() };
});

export const revokeToken = personAction(z.object({ tokenId: z.string() }), async (ctx, input) => {
  await revokePersonalToken(ctx, input);
  revalidatePath("/account");
  return null;
});

export const endOneTerminal = personAction(z.object({ terminalId: z.string().max(60) }), async (ctx, input) => {
  await endTerminal(ctx, input);
  revalidatePath("/account");
  return null;
});

export const endAllSessions = personAction(z.object({}), async (ctx): Promise<never> => {
  await signOutEverywhere(ctx);
  await endSession(ctx);
  redirect("/sign-in");
});
