"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { registerAgent } from "@/lib/agents/register";
import { setResolution } from "@/lib/agents/resolution";
import { renewAgentSecret } from "@/lib/agents/secret";
import { pauseAgent, resumeAgent } from "@/lib/agents/status";

const one = z.object({ agentId: z.string() });

export const register = personAction(z.object({ name: z.string(), purpose: z.string() }), async (ctx, input) => registerAgent(ctx, input));

export const renewSecret = personAction(one, async (ctx, input) => {
  const { clientSecret } = await renewAgentSecret(ctx, input);
  revalidatePath("/", "layout");
  return { clientSecret };
});

const place = z.enum(["", "delegated", "own", "shared_key"]);
const order = one.extend({ connector: z.string(), first: place, second: place, third: place });

export const setOrder = personAction(order, async (ctx, { agentId, connector, first, second, third }) => {
  await setResolution(ctx, { agentId, connector, tries: [first, second, third].filter((pattern) => pattern !== "") });
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
