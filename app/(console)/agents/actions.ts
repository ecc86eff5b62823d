"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { registerAgent } from "@/lib/agents/register";
import { renewAgentSecret } from "@/lib/agents/secret";
import { setAgentDpop } from "@/lib/agents/setDpop";
import { pauseAgent, resumeAgent } from "@/lib/agents/status";

const one = z.object({ agentId: z.string() });

export const register = personAction(z.object({ name: z.string(), purpose: z.string() }), async (ctx, input) => registerAgent(ctx, input));

export const renewSecret = personAction(one, async (ctx, input) => {
  const { clientSecret } = await renewAgentSecret(ctx, input);
  revalidatePath("/", "layout");
  return { clientSecret };
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

export const setDpop = personAction(one.extend({ dpop: z.enum(["optional", "required"]) }), async (ctx, input) => {
  await setAgentDpop(ctx, input);
  revalidatePath("/", "layout");
  return null;
});
