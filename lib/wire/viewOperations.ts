import { z } from "zod";
import { changeView, changeViewInput, deleteView, listViews, saveView, saveViewInput } from "../activity/savedViews";
import { type Operation, operation } from "./rest";

const A_VIEW = "The view: its `id`, its `name` and its `query`, of which only filters are kept.";

/** A person's own filters of activity, by name. */
export const viewOperations: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/api/v1/views",
    id: "listViews",
    summary: "Your saved views of activity",
    input: z.strictObject({}),
    run: async (ctx) => ({ data: await listViews(ctx) }),
    status: 200,
    answers: "`data`: views, each with its `name` and the `query` of its address.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/views",
    id: "saveView",
    summary: "Save filters of activity under a name; the view of that name before is replaced",
    input: saveViewInput,
    run: saveView,
    status: 201,
    answers: A_VIEW,
  }),
  operation({
    method: "PUT",
    path: "/api/v1/views/{view_id}",
    id: "changeView",
    summary: "Give a saved view another name, other filters, or both",
    input: changeViewInput,
    run: changeView,
    status: 200,
    answers: A_VIEW,
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/views/{view_id}",
    id: "deleteView",
    summary: "Delete a saved view; the rows stay",
    input: z.strictObject({ viewId: z.string().max(60) }),
    run: async (ctx, input) => deleteView(ctx, input).then(() => ({ id: input.viewId })),
    status: 200,
    answers: "Its id.",
  }),
];
