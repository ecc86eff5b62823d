"use server";

import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { z } from "zod";
import { manyOf, personAction } from "@/app/_server/action";
import { hostCookie } from "@/app/_server/session";
import { beginConnection } from "@/lib/connections/begin";
import { disconnectConnection } from "@/lib/connections/disconnect";
import type { Core } from "@/lib/ctx";
import { randomText } from "@/lib/tokens/secret";

const HOUR_SECONDS = 60 * 60;

/** Opens the walk to a SaaS. The address comes back as the answer: no form of ours ever posts towards another host. */
export const beginConnecting = personAction(
  z.object({ connector: z.string(), connectionId: z.string().optional(), scopes: manyOf }),
  async (ctx, { connector, connectionId, scopes }) => {
    const browserSecret = await keepBrowserSecret(ctx);
    return beginConnection(ctx, { connector, scopes, browserSecret, ...(connectionId ? { connectionId } : {}) });
  },
);

export const disconnect = personAction(z.object({ connectionId: z.string() }), async (ctx, { connectionId }) => {
  const { note, grantsEnded } = await disconnectConnection(ctx, { connectionId });
  revalidatePath("/", "layout");
  return { note, grantsEnded };
});

/** What only this browser knows, so that nobody else can finish what was begun here. */
async function keepBrowserSecret(core: Core): Promise<string> {
  const { name, options } = hostCookie(core, "valet-browser");
  const jar = await cookies();
  const secret = jar.get(name)?.value ?? randomText();
  jar.set(name, secret, { ...options, maxAge: HOUR_SECONDS });
  return secret;
}
