"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { setUpConnector } from "@/lib/setups/setUp";

const schema = z.object({
  connector: z.string(),
  clientId: z.string().trim().min(1, "Give the client id.").max(300, "That is too long for a client id."),
  clientSecret: z.string().trim().max(2000, "That is too long for a client secret.").optional(),
  tenant: z.string().trim().max(253, "That is too long.").optional(),
  enabled: z.literal("on").optional(),
});

/** An empty secret keeps the one that is there. */
export const setUp = personAction(schema, async (ctx, { connector, clientId, clientSecret, tenant, enabled }) => {
  const given = { ...(clientSecret ? { clientSecret } : {}), ...(tenant ? { tenant } : {}) };
  await setUpConnector(ctx, { connector, clientId, enabled: enabled === "on", ...given });
  revalidatePath("/", "layout");
  return null;
});
