"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { pauseLending, resumeLending } from "@/lib/people/lending";

/** One's own alone: whose it is comes from the session, never from the form. */
export const pauseAll = personAction(z.object({}), async (ctx) => {
  await pauseLending(ctx, { personId: ctx.actor.personId });
  revalidatePath("/", "layout");
  return null;
});

export const resumeAll = personAction(z.object({}), async (ctx) => {
  await resumeLending(ctx, { personId: ctx.actor.personId });
  revalidatePath("/", "layout");
  return null;
});
