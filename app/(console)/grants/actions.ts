"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { manyOf, personAction } from "@/app/_server/action";
import { mintGrant } from "@/lib/grants/mint";
import { mintInput } from "@/lib/grants/preview";
import { revokeGrant } from "@/lib/grants/revoke";
import { boundsInput } from "@/lib/policy/bounds";

/** The bounds travel as JSON. What is none goes on as it is, and is refused. */
const boundsField = z.preprocess(readJson, boundsInput.optional());

/** Lends exactly what the summary showed; the verb checks all of it again. */
export const lend = personAction(mintInput.extend({ scopes: manyOf, bounds: boundsField }), async (ctx, input): Promise<never> => {
  const { grantId } = await mintGrant(ctx, input);
  revalidatePath("/", "layout");
  redirect(`/grants/${grantId}?lent=1`);
});

export const revoke = personAction(z.object({ grantId: z.string() }), async (ctx, { grantId }) => {
  await revokeGrant(ctx, { grantId });
  revalidatePath("/", "layout");
  return null;
});

function readJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}
