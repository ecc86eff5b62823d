import { z } from "zod";
import type { PersonCtx } from "../ctx";
import type { Prisma } from "../generated/prisma/client";
import { requireRole } from "./rules";

/** What PostgreSQL can look for. */
export const peopleText = z
  .string()
  .trim()
  .regex(/^[^\0]{1,100}$/)
  .optional();

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Everybody there is to choose from, by name, removed people too: what they did and had is still asked for. Admins and auditors only. */
export async function choosePeople(ctx: PersonCtx, input: { readonly text?: string; readonly limit?: number } = {}): Promise<Choice[]> {
  requireRole(ctx.actor, "admin", "auditor");
  const text = peopleText.parse(input.text);
  return ctx.db.person.findMany({
    where: text ? called(text) : {},
    orderBy: [{ name: "asc" }, { id: "asc" }],
    select: { id: true, name: true, email: true },
    ...(input.limit ? { take: input.limit } : {}),
  });
}

/** In the name or the e-mail. Wildcards of the database are letters here. */
export function called(text: string): Prisma.PersonWhereInput {
  const has = { contains: text.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" } as const;
  return { OR: [{ name: has }, { email: has }] };
}
