import { change } from "../activity/change";
import { changed } from "../activity/changed";
import { endLentByPerson, type LentTokenReport } from "../connections/lentTokens";
import type { PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { notFound, Refusal } from "../errors";
import type { PersonInput } from "./status";

export interface LendingPaused {
  /** What became of the tokens that SaaS had made for agents. */
  readonly lentTokens: readonly LentTokenReport[];
}

interface Held {
  readonly id: string;
  readonly name: string;
  readonly pausedAt: Date | null;
  readonly pausedById: string | null;
}

/**
 * No agent spends this person's authority from here on: the very next exchange or call is refused. The grants stand, and run out
 * meanwhile. Then what agents were handed is ended at each SaaS as far as it can, and reported as it is. The person and admins only.
 */
export async function pauseLending(ctx: PersonCtx, input: PersonInput): Promise<LendingPaused> {
  await change(ctx, "person.pause_lending", async (tx, row) => {
    const person = await hold(tx, ctx, input.personId);
    const detail = changed(["Lending", lendingInWords(person), "paused"]);
    Object.assign(row, { target: person.name, ownerId: person.id, detail });
    await tx.person.update({
      where: { id: person.id },
      data: { lendingPausedAt: person.pausedAt ?? ctx.clock.now(), lendingPausedById: whoHoldsIt(ctx, person) },
    });
  });
  return { lentTokens: await endLentByPerson(ctx, input.personId) };
}

/** Lets what still stands go on. The person and admins only; what an admin paused, admins alone. */
export function resumeLending(ctx: PersonCtx, input: PersonInput): Promise<void> {
  return change(ctx, "person.resume_lending", async (tx, row) => {
    const person = await hold(tx, ctx, input.personId);
    const detail = changed(["Lending", lendingInWords(person), "goes on"]);
    Object.assign(row, { target: person.name, ownerId: person.id, detail });
    if (person.pausedAt && person.pausedById !== person.id && ctx.actor.role !== "admin")
      throw new Refusal("forbidden", "An admin paused this. Ask an admin to let it go on.", { reason: "paused_by_admin" });
    await tx.person.update({ where: { id: person.id }, data: { lendingPausedAt: null, lendingPausedById: null } });
  });
}

export interface LendingPause {
  readonly since: Date;
  /** An admin's, which an admin alone takes back. */
  readonly byAdmin: boolean;
}

/** Whether all that the caller lends is paused. */
export async function readLendingPause(ctx: PersonCtx): Promise<LendingPause | null> {
  const { personId } = ctx.actor;
  const select = { lendingPausedAt: true, lendingPausedById: true } as const;
  const { lendingPausedAt, lendingPausedById } = await ctx.db.person.findUniqueOrThrow({ where: { id: personId }, select });
  return lendingPausedAt && { since: lendingPausedAt, byAdmin: lendingPausedById !== personId };
}

function lendingInWords({ pausedAt }: Held): string {
  return pausedAt ? "paused" : "goes on";
}

/** An admin's pause takes over from the person's own, and never the other way: else a person could lift it by pausing again. */
function whoHoldsIt(ctx: PersonCtx, person: Held): string {
  const byAdmin = person.pausedAt !== null && person.pausedById !== person.id;
  return byAdmin && person.pausedById ? person.pausedById : ctx.actor.personId;
}

async function hold(tx: Tx, { actor }: PersonCtx, personId: string): Promise<Held> {
  if (actor.personId !== personId && actor.role !== "admin") throw notFound("person");
  const [person] = await tx.$queryRaw<Held[]>`
    SELECT id, name, lending_paused_at AS "pausedAt", lending_paused_by_id AS "pausedById" FROM people WHERE id = ${personId} FOR UPDATE`;
  if (!person) throw notFound("person");
  return person;
}
