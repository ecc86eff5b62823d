"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { addAgentKey } from "@/lib/agents/addKey";
import { addAgentSecret } from "@/lib/agents/addSecret";
import { setOwners } from "@/lib/agents/owners";
import { registerAgent } from "@/lib/agents/register";
import { setResolution } from "@/lib/agents/resolution";
import { revokeCredential } from "@/lib/agents/revokeCredential";
import { OVERLAPS, type Overlap, rotateCredential } from "@/lib/agents/rotateCredential";
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

export const setDpop = personAction(one.extend({ dpop: z.enum(["optional", "required"]) }), async (ctx, input) => {
  await setAgentDpop(ctx, input);
  revalidatePath("/", "layout");
  return null;
});
