import { z } from "zod";
import type { PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { notFound, Refusal } from "../errors";
import { newId } from "../ids";
import { tidyQuery } from "./address";
import { change } from "./change";

export const VIEWS_MAX = 50;

export const viewName = z
  .string({ error: "Give the view a name." })
  .trim()
  .min(1, "Give the view a name.")
  .max(60, "Use at most 60 characters.")
  .regex(/^\P{Cc}*$/u, "Use letters, digits and signs.");
const viewQuery = z.string().max(2000);

export const saveViewInput = z.strictObject({
  name: viewName,
  query: viewQuery.describe("Of the address of Activity: acting=agent&since=24h"),
});
export const changeViewInput = z.strictObject({ viewId: z.string().max(60), name: viewName.optional(), query: viewQuery.optional() });

/** A filter of activity that somebody gave a name. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Without a question mark; empty for everything. */
  readonly query: string;
}

const SHOWN = { id: true, name: true, query: true } as const;

/** The actor's own views, by name. What a view may no longer ask for is left out when it is opened. */
export function listViews(ctx: PersonCtx): Promise<SavedView[]> {
  return ctx.db.savedView.findMany({ where: { personId: ctx.actor.personId }, orderBy: [{ name: "asc" }, { id: "asc" }], select: SHOWN });
}

/**
 * Keeps a filter under a name; the one of that name before is replaced. Of the query only filters are kept. Refuses `conflict` at fifty.
 */
export async function saveView(ctx: PersonCtx, input: z.input<typeof saveViewInput>): Promise<SavedView> {
  const { name, query } = saveViewInput.parse(input);
  return change(ctx, "view.save", async (tx, row) => {
    const personId = ctx.actor.personId;
    const others = await heldViews(tx, personId);
    const same = others.find((view) => view.name === name);
    if (!same && others.length >= VIEWS_MAX) throw tooMany();
    const kept = { query: tidy(ctx, query) };
    row.target = name;
    if (same) return tx.savedView.update({ where: { id: same.id }, data: kept, select: SHOWN });
    const createdAt = ctx.clock.now();
    return tx.savedView.create({ data: { id: newId("vie", createdAt), personId, name, createdAt, ...kept }, select: SHOWN });
  });
}

/** Gives one of the actor's views another name, other filters, or both. Refuses `not_found`, and `conflict` when another has the name. */
export async function changeView(ctx: PersonCtx, input: z.input<typeof changeViewInput>): Promise<SavedView> {
  const { viewId, name, query } = changeViewInput.parse(input);
  return change(ctx, "view.change", async (tx, row) => {
    const views = await heldViews(tx, ctx.actor.personId);
    const view = views.find(({ id }) => id === viewId);
    if (!view) throw notFound("view");
    if (name !== undefined && views.some((other) => other.name === name && other.id !== viewId)) throw nameTaken();
    row.target = name ?? view.name;
    const data = { ...(name === undefined ? {} : { name }), ...(query === undefined ? {} : { query: tidy(ctx, query) }) };
    return tx.savedView.update({ where: { id: viewId }, data, select: SHOWN });
  });
}

/** Forgets one of the actor's views. The rows that it showed stay. Refuses `not_found`. */
export async function deleteView(ctx: PersonCtx, input: { readonly viewId: string }): Promise<void> {
  await change(ctx, "view.delete", async (tx, row) => {
    const where = { id: input.viewId, personId: ctx.actor.personId };
    const [view] = await tx.savedView.findMany({ where, select: { name: true } });
    const { count } = await tx.savedView.deleteMany({ where });
    if (!view || count === 0) throw notFound("view");
    row.target = view.name;
  });
}

/** One change of a person's views after the other: names and their number are judged under the lock on their row. */
async function heldViews(tx: Tx, personId: string): Promise<SavedView[]> {
  await tx.$queryRaw`select id from people where id = ${personId} for update`;
  return tx.savedView.findMany({ where: { personId }, select: SHOWN });
}

function tidy(ctx: PersonCtx, query: string): string {
  return tidyQuery(query, { mayAskEveryone: ctx.actor.role !== "member", now: ctx.clock.now() });
}

function tooMany(): Refusal {
  return new Refusal("conflict", `You have ${VIEWS_MAX} saved views.`, {
    reason: "too_many_views",
    next: "Delete one that you do not need.",
  });
}

function nameTaken(): Refusal {
  const message = "Another of your views has this name.";
  return new Refusal("conflict", message, { reason: "view_name_taken", next: "Choose another name.", fields: { name: message } });
}
