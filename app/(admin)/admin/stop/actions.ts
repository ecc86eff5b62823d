"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { pauseAgent, resumeAgent } from "@/lib/agents/status";
import { resumeEverything, stopEverything } from "@/lib/agents/stopEverything";
import { revokeGrant } from "@/lib/grants/revoke";
import { pauseLending, resumeLending } from "@/lib/people/lending";

const agent = z.object({ agentId: z.string() });
const person = z.object({ personId: z.string() });

export const endGrant = personAction(z.object({ grantId: z.string() }), (ctx, input) => then(revokeGrant(ctx, input)));
export const stopAgent = personAction(agent, (ctx, input) => then(pauseAgent(ctx, input)));
export const letAgentGoOn = personAction(agent, (ctx, input) => then(resumeAgent(ctx, input)));
export const stopPerson = personAction(person, (ctx, input) => then(pauseLending(ctx, input)));
export const letPersonGoOn = personAction(person, (ctx, input) => then(resumeLending(ctx, input)));
export const letAllGoOn = personAction(z.object({}), (ctx) => then(resumeEverything(ctx)));

/** The count of what it stopped, and of tokens that a SaaS goes on to take. */
export const stopAll = personAction(z.object({ confirm: z.string() }), async (ctx, input) => {
  const { agents, lentTokens } = await stopEverything(ctx, input);
  revalidatePath("/", "layout");
  return { agents, alive: lentTokens.filter(({ handed, state }) => handed && state !== "ended").length };
});

async function then(done: Promise<unknown>): Promise<null> {
  await done;
  revalidatePath("/", "layout");
  return null;
}
