"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { setOwners } from "@/lib/agents/owners";
import { registerAgent } from "@/lib/agents/register";
import { renewAgentSecret } from "@/lib/agents/secret";
import { setAgentDpop } from "@/lib/agents/setDpop";
import { pauseAgent, resumeAgent } from "@/lib/agents/status";

const one = z.object({ agentId: z.string() });

const email = z.string().max(254).optional();

export const register = personAction(
  z.object({ name: z.string(), purpose: z.string(), secondOwner: email, sponsor: email }),
  async (ctx, input) => registerAgent(ctx, input),
);

export const nameAnswering = personAction(one.extend({ owner: email, secondOwner: email, sponsor: email }), async (ctx, input) => {
  const { owner, secondOwner, sponsor } = await setOwners(ctx, input);
  revalidatePath("/", "layout");
  const still = [owner, secondOwner, sponsor].some((person) => person?.id === ctx.actor.personId);
  if (!still && ctx.actor.role === "member") redirect("/agents");
  return null;
});

export const clearAnswering = personAction(one.extend({ part: z.enum(["secondOwner", "sponsor"]) }), async (ctx, { agentId, part }) => {
  const { owner } = await setOwners(ctx, { agentId, [part]: null });
  revalidatePath("/", "layout");
  if (part === "secondOwner" && owner.id !== ctx.actor.personId && ctx.actor.role === "member") redirect("/agents");
  return null;
});

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
