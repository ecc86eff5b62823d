"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { manyOf, personAction } from "@/app/_server/action";
import { keepBrowserSecret } from "@/app/_server/browserSecret";
import { lendGrant } from "@/lib/broker/lendGrant";
import { testGrant } from "@/lib/broker/selfTest";
import { shrinkGrant } from "@/lib/broker/shrinkGrant";
import { extendGrant, extendInput } from "@/lib/grants/extend";
import { lendSeparately } from "@/lib/grants/lendSeparately";
import { mintInput } from "@/lib/grants/preview";
import { revokeGrant } from "@/lib/grants/revoke";
import { boundsInput } from "@/lib/policy/bounds";

/** The bounds travel as JSON. What is none goes on as it is, and is refused. */
const boundsField = z.preprocess(readJson, boundsInput.optional());

/** Lends exactly what the summary showed; the verb checks all of it again. */
export const lend = personAction(mintInput.extend({ scopes: manyOf, bounds: boundsField }), async (ctx, input): Promise<never> => {
  const { grantId } = await lendGrant(ctx, input);
  revalidatePath("/", "layout");
  redirect(`/grants/${grantId}?lent=1`);
});

/** Begins the walk for a consent that will serve this grant alone. Nothing is lent before the person has agreed at the service. */
export const beginSeparately = personAction(mintInput.extend({ scopes: manyOf, bounds: boundsField }), async (ctx, input) =>
  lendSeparately(ctx, input, await keepBrowserSecret(ctx)),
);

export const revoke = personAction(z.object({ grantId: z.string() }), async (ctx, { grantId }) => {
  await revokeGrant(ctx, { grantId });
  revalidatePath("/", "layout");
  return null;
});

export const test = personAction(z.object({ grantId: z.string() }), async (ctx, { grantId }) => {
  await testGrant(ctx, { grantId });
  revalidatePath("/", "layout");
  return null;
});

export const extend = personAction(extendInput, async (ctx, input) => {
  await extendGrant(ctx, input);
  revalidatePath("/", "layout");
  return null;
});

export const narrow = personAction(z.object({ grantId: z.string(), scopes: manyOf }), async (ctx, { grantId, scopes }) => {
  await shrinkGrant(ctx, { grantId, scopes });
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
