"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { openAction } from "@/app/_server/action";
import { clientAddress } from "@/app/_server/request";
import { startSession } from "@/app/_server/session";
import { acceptInvitation } from "@/lib/people/join";

const schema = z.object({ token: z.string(), email: z.string().optional(), name: z.string(), password: z.string() });

/** Accepts an invitation or the set-up link, and signs this browser in. */
export const join = openAction(schema, async (core, { token, email, name, password }): Promise<never> => {
  const input = { token, name, password, address: await clientAddress(), ...(email ? { email } : {}) };
  await startSession(core, await acceptInvitation(core, input));
  redirect("/");
});
