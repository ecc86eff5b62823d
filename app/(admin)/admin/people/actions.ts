"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { handOverAgents } from "@/lib/agents/handOver";
import type { PersonCtx } from "@/lib/ctx";
import { invitePerson } from "@/lib/people/invite";
import { signOutEverywhere } from "@/lib/people/signOutEverywhere";
import { removePerson, resumePerson, setRole, suspendPerson } from "@/lib/people/status";

const one = z.object({ personId: z.string() });
type One = z.output<typeof one>;

/** The link is the answer of the action: it is in no address and on no later page. */
export const invite = personAction(z.object({ email: z.string(), role: z.string() }), async (ctx, input) => {
  const { path } = await invitePerson(ctx, input);
  return { link: ctx.settings.publicUrl + path, email: input.email };
});

export const changeRole = personAction(one.extend({ role: z.string() }), (ctx, input) => then(setRole(ctx, input)));
export const suspend = personAction(one, (ctx: PersonCtx, input: One) => then(suspendPerson(ctx, input)));
export const letBackIn = personAction(one, (ctx: PersonCtx, input: One) => then(resumePerson(ctx, input)));
export const remove = personAction(one, (ctx: PersonCtx, input: One) => then(removePerson(ctx, input)));
export const endSessions = personAction(one, (ctx: PersonCtx, input: One) => then(signOutEverywhere(ctx, input)));

export const handOver = personAction(one.extend({ to: z.string() }), (ctx, input) => then(handOverAgents(ctx, input)));

async function then(done: Promise<unknown>): Promise<null> {
  await done;
  revalidatePath("/", "layout");
  return null;
}
