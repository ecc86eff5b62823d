"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { openAction } from "@/app/_server/action";
import { ownPath } from "@/app/_server/ownPath";
import { clientAddress } from "@/app/_server/request";
import { startSession } from "@/app/_server/session";
import { signInDemo } from "@/app/_server/signInDemo";
import { signInWithPassword } from "@/lib/people/signIn";

const next = z.string().optional();

export const signInByPassword = openAction(
  z.object({ email: z.string().min(1, "Give your e-mail."), password: z.string().min(1, "Give your password."), next }),
  async (core, { email, password, next }): Promise<never> => {
    const signedIn = await signInWithPassword(core, { email, password, address: await clientAddress() });
    await startSession(core, signedIn);
    redirect(ownPath(next));
  },
);

export const signInAsDemo = openAction(z.object({ email: z.string(), next }), async (core, { email, next }): Promise<never> => {
  await startSession(core, await signInDemo(core, email));
  redirect(ownPath(next));
});
