"use server";

import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { clientAddress } from "@/app/_server/request";
import { decideTerminal } from "@/lib/people/decideTerminal";

const decision = z.enum(["allow", "deny"]);

export const decide = personAction(z.object({ userCode: z.string().max(40), decision }), async (ctx, input) => {
  await decideTerminal(ctx, { ...input, address: await clientAddress() });
  return { decision: input.decision };
});
