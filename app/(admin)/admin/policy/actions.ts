"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { setSecretsBanned } from "@/lib/agents/secretsPolicy";
import { rotateSigningKey } from "@/lib/signing/rotate";

export const banSecrets = personAction(z.object({}), async (ctx) => {
  await setSecretsBanned(ctx, { secretsBanned: true });
  revalidatePath("/", "layout");
  return null;
});

export const allowSecrets = personAction(z.object({}), async (ctx) => {
  await setSecretsBanned(ctx, { secretsBanned: false });
  revalidatePath("/", "layout");
  return null;
});

export const rotateKey = personAction(z.object({}), async (ctx) => {
  await rotateSigningKey(ctx);
  revalidatePath("/admin/policy");
  return null;
});
