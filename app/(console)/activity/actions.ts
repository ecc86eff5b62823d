"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { personAction } from "@/app/_server/action";
import { changeView, deleteView, saveView, viewName } from "@/lib/activity/savedViews";

const viewId = z.string().max(60);

export const keepView = personAction(z.object({ name: viewName, query: z.string().max(2000) }), async (ctx, input) => {
  await saveView(ctx, input);
  revalidatePath("/activity");
  return null;
});

export const renameView = personAction(z.object({ viewId, name: viewName }), async (ctx, input) => {
  await changeView(ctx, input);
  revalidatePath("/activity");
  return null;
});

export const forgetView = personAction(z.object({ viewId }), async (ctx, input) => {
  await deleteView(ctx, input);
  revalidatePath("/activity");
  return null;
});
