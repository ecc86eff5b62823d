"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { addAgentKey } from "@/lib/agents/addKey";
import { addAgentSecret } from "@/lib/agents/addSecret";
import { registerAgent } from "@/lib/agents/register";
import { revokeCredential } from "@/lib/agents/revokeCredential";
import { OVERLAPS, type Overlap, rotateCredential } from "@/lib/agents/rotateCredential";
import { pauseAgent, resumeAgent } from "@/lib/agents/status";

const one = z.object({ agentId: z.string() });

export const register = personAction(z.object({ name: z.string(), purpose: z.string() }), async (ctx, input) => registerAgent(ctx, input));

const named = one.extend({ name: z.string().optional() });
const credential = one.extend({ credentialId: z.string() });

export const addKey = personAction(named.extend({ publicKey: z.string() }), async (ctx, input) => {
  await addAgentKey(ctx, input);
  revalidatePath("/", "layout");
  return null;
});

/** The secret is the answer of the action: it is in no address and on no later page. */
export const addSecret = personAction(named, async (ctx, input) => {
  const { clientSecret } = await addAgentSecret(ctx, input);
  revalidatePath("/", "layout");
  return { clientSecret };
});

const rotation = credential.extend({
  overlap: z.enum(Object.keys(OVERLAPS) as [Overlap, ...Overlap[]]),
  publicKey: z.string().optional(),
});

/** The page is not read anew: the new secret stands in the row that it was asked in. */
export const rotate = personAction(rotation, async (ctx, input) => {
  const { clientSecret } = await rotateCredential(ctx, input);
  return { clientSecret: clientSecret ?? null };
});

export const revoke = personAction(credential, async (ctx, input) => {
  await revokeCredential(ctx, input);
  revalidatePath("/", "layout");
  return null;
});

export const pause = personAction(one, async (ctx, input) => {
  await pauseAgent(ctx, input);
  revalidatePath("/", "layout");
  return null;
});

export const resume = personAction(one, async (ctx, input) => {
  await resumeAgent(ctx, input);
  revalidatePath("/", "layout");
  return null;
});
