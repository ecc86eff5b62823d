"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { addTrustRule } from "@/lib/agents/addTrustRule";
import { removeTrustRule } from "@/lib/agents/removeTrustRule";
import { addIssuer } from "@/lib/trust/add";
import { KEY_SOURCES } from "@/lib/trust/issuer";
import { refreshIssuer } from "@/lib/trust/refresh";
import { ISSUER_KINDS } from "@/lib/trust/rules";
import { disableIssuer, enableIssuer, removeIssuer } from "@/lib/trust/status";
import { conditionsOfForm } from "./conditionsOfForm";

const one = z.object({ issuerId: z.string() });
const issuer = z.object({
  kind: z.enum(ISSUER_KINDS),
  name: z.string(),
  issuer: z.string().trim().min(1, "Give the issuer."),
  keysFrom: z.enum(KEY_SOURCES),
  keysAt: z.string().max(1000, "That is too long.").optional(),
  keys: z
    .string()
    .max(256 * 1024, "That is too long for a key set.")
    .optional(),
  audience: z.string().max(300, "That is too long.").optional(),
});

export const trust = personAction(issuer, (ctx, input) => then(addIssuer(ctx, input)));
export const testIssuer = personAction(one, (ctx, input) => then(refreshIssuer(ctx, input)));
export const switchOff = personAction(one, (ctx, input) => then(disableIssuer(ctx, input)));
export const switchOn = personAction(one, (ctx, input) => then(enableIssuer(ctx, input)));
export const removeTrust = personAction(one, (ctx, input) => then(removeIssuer(ctx, input)));

/** The conditions are fields by the names of claims, so the form is open. */
export const addRule = personAction(
  z.looseObject({ issuerId: z.string(), agentId: z.string().min(1, "Choose an agent."), name: z.string() }),
  (ctx, { issuerId, agentId, name, ...given }) => then(addTrustRule(ctx, { issuerId, agentId, name, conditions: conditionsOfForm(given) })),
);

export const removeRule = personAction(z.object({ agentId: z.string(), credentialId: z.string() }), (ctx, input) =>
  then(removeTrustRule(ctx, input)),
);

async function then(done: Promise<unknown>): Promise<null> {
  await done;
  revalidatePath("/", "layout");
  return null;
}
