import type { PersonCtx } from "../ctx";
import type { Refusal } from "../errors";
import { badField, normalEmail } from "../people/rules";
import type { AnsweringIds } from "./rules";

/** Who is to answer for an agent, by e-mail. Left out or empty: as it is. Null: nobody. */
export interface AnsweringEmails {
  readonly owner?: string | null | undefined;
  readonly secondOwner?: string | null | undefined;
  readonly sponsor?: string | null | undefined;
}

const FIELDS = [
  ["owner", "ownerId"],
  ["secondOwner", "secondOwnerId"],
  ["sponsor", "sponsorId"],
] as const;

/**
 * The people behind e-mail addresses, each found by the whole address. Members are told the same for an address that nobody has and for
 * somebody who is not in good standing, twenty times in a quarter of an hour; admins, who see the list of people, are told which.
 */
export async function namePeople(ctx: PersonCtx, emails: AnsweringEmails): Promise<AnsweringIds> {
  const ids: Record<string, string | null> = {};
  for (const [field, id] of FIELDS) {
    const email = emails[field];
    if (email === null) ids[id] = null;
    else if (email?.trim()) ids[id] = await findActive(ctx, field, normalEmail(email));
  }
  return ids;
}

async function findActive(ctx: PersonCtx, field: string, email: string): Promise<string> {
  const { personId, role } = ctx.actor;
  const who = role === "admin" ? null : personId;
  if (who) await ctx.limits.take("person_lookup", who);
  const found = await ctx.db.person.findUnique({ where: { email }, select: { id: true, name: true, status: true } });
  if (found?.status !== "active") throw notHere(field, role === "admin" ? (found ?? "nobody") : null);
  if (who) await ctx.limits.giveBack("person_lookup", who);
  return found.id;
}

function notHere(field: string, told: { readonly name: string; readonly status: string } | "nobody" | null): Refusal {
  if (told === null)
    return badField(field, "Nobody in good standing here has that e-mail. Ask them how it is written here, or ask an admin.");
  if (told === "nobody") return badField(field, "Nobody here has that e-mail. Invite them on the People page first.");
  return badField(field, `${told.name} is ${told.status}. Let them back in first, or name somebody else.`);
}
