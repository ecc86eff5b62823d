"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { manyOf, personAction } from "@/app/_server/action";
import { setUpConnector } from "@/lib/setups/setUp";
import { testSetUp } from "@/lib/setups/test";

const schema = z.object({
  connector: z.string(),
  clientId: z.string().trim().min(1, "Give the client id.").max(300, "That is too long for a client id."),
  clientSecret: z.string().trim().max(2000, "That is too long for a client secret.").optional(),
  tenant: z.string().trim().max(253, "That is too long.").optional(),
  readClientId: z.string().trim().max(300, "That is too long for a client id.").optional(),
  readClientSecret: z.string().trim().max(2000, "That is too long for a client secret.").optional(),
  ceiling: manyOf,
  enabled: z.literal("on").optional(),
});

/** An empty secret keeps the one that is there; an empty read-only client id takes that client away. */
export const setUp = personAction(schema, async (ctx, input) => {
  const { connector, clientId, clientSecret, tenant, readClientId, readClientSecret, ceiling, enabled } = input;
  const given = {
    ...(clientSecret ? { clientSecret } : {}),
    ...(tenant ? { tenant } : {}),
    ...(readClientId === undefined ? {} : { readClientId }),
    ...(readClientSecret ? { readClientSecret } : {}),
  };
  await setUpConnector(ctx, { connector, clientId, ceiling, enabled: enabled === "on", ...given });
  revalidatePath("/", "layout");
  return null;
});

/** What was found is kept with the set-up, and shown by the page. */
export const testSetUpNow = personAction(z.object({ connector: z.string() }), async (ctx, { connector }) => {
  await testSetUp(ctx, { connector });
  revalidatePath("/admin/connectors");
  return null;
});
