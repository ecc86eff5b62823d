"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { giveOwnAccess, takeOwnAccess } from "@/lib/platform/ownAccess";
import { listResources, registerResource, removeResource } from "@/lib/platform/resources";

const words = (text: string) => text.split(/\s+/).filter(Boolean);

export const register = personAction(z.object({ resource: z.string(), name: z.string(), scopes: z.string() }), async (ctx, input) => {
  await registerResource(ctx, { ...input, scopes: words(input.scopes) });
  return refreshed();
});

export const remove = personAction(z.object({ resourceId: z.string() }), async (ctx, input) => {
  await removeResource(ctx, input);
  return refreshed();
});

const given = z.object({ agentId: z.string(), resourceId: z.string(), scopes: z.string(), endsAt: z.string() });

/** No scope named: all that the service has. */
export const give = personAction(given, async (ctx, { agentId, resourceId, scopes, endsAt }) => {
  const whole = (await listResources(ctx)).find((one) => one.id === resourceId)?.scopes ?? [];
  const asked = words(scopes);
  const ends = endsAt ? { expiresAt: new Date(endsAt) } : {};
  await giveOwnAccess(ctx, { agentId, resourceId, scopes: asked.length > 0 ? asked : [...whole], ...ends });
  return refreshed();
});

export const take = personAction(z.object({ agentId: z.string(), ownAccessId: z.string() }), async (ctx, input) => {
  await takeOwnAccess(ctx, input);
  return refreshed();
});

function refreshed(): null {
  revalidatePath("/", "layout");
  return null;
}
