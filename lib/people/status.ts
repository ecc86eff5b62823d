import { change, recordRefusedChange } from "../activity/change";
import { changed } from "../activity/changed";
import type { ChangeEvent } from "../activity/events";
import type { ChangeRow } from "../activity/row";
import { disconnectConnection, endSeparateConsentsOf } from "../connections/disconnect";
import { endLentToAgents } from "../connections/lentTokens";
import type { PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { isRefusal, notFound, Refusal } from "../errors";
import { endInvitations, endRights } from "./endRights";
import { orphansOf } from "./leaving";
import { readRole, requireRole } from "./rules";
import { endTerminalsOf } from "./terminals";

export interface PersonInput {
  readonly personId: string;
}

interface Held {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly status: string;
}

type Write<T> = (tx: Tx, person: Held, row: ChangeRow) => Promise<T>;

/**
 * Shuts a person out with their next request, and with them the agents that nobody else in good standing owns: what those were handed
 * is ended at each SaaS. What they have stays for when they return, but for
 * consents that served one grant alone: those are ended at their SaaS, because an agent may hold a token of one.
 */
export async function suspendPerson(ctx: PersonCtx, input: PersonInput): Promise<void> {
  const orphans = await changePerson(ctx, "person.suspend", input, async (tx, person, row) => {
    if (person.status === "removed")
      throw new Refusal("conflict", `${person.name} was removed. There is nothing to suspend.`, { reason: "person_removed" });
    await leaveOffice(ctx, tx, person);
    await tx.person.update({ where: { id: person.id }, data: { status: "suspended", sessionVersion: { increment: 1 } } });
    await endTerminalsOf(tx, person.id, ctx.clock.now());
    row.detail = changed(["Status", person.status, "suspended"]);
    return noteOrphans(tx, person, row);
  });
  await endLentToAgents(ctx, orphans);
  await endSeparateConsentsOf(ctx, input.personId);
}

/** Lets a suspended or removed person back in. Grants, connections and API tokens that a removal ended stay ended. */
export async function resumePerson(ctx: PersonCtx, input: PersonInput): Promise<void> {
  await changePerson(ctx, "person.resume", input, async (tx, person, row) => {
    row.detail = changed(["Status", person.status, "active"]);
    await tx.person.update({ where: { id: person.id }, data: { status: "active" } });
  });
}

/**
 * Ends everything a person can do, in one transaction: sessions, terminals, API tokens, grants. Then each of their connections is disconnected,
 * here and at its SaaS; what the SaaS did about it stands in the connection's note. The record and its e-mail stay, for the ledger.
 */
export async function removePerson(ctx: PersonCtx, input: PersonInput): Promise<void> {
  const orphans = await changePerson(ctx, "person.remove", input, async (tx, person, row) => {
    await leaveOffice(ctx, tx, person);
    await tx.person.update({ where: { id: person.id }, data: { status: "removed", sessionVersion: { increment: 1 } } });
    const ended = await endRights(tx, person.id, { at: ctx.clock.now(), byId: ctx.actor.personId });
    row.detail = { ...ended, ...changed(["Status", person.status, "removed"]) };
    return noteOrphans(tx, person, row);
  });
  await endLentToAgents(ctx, orphans);
  const left = await ctx.db.connection.findMany({
    where: { personId: input.personId, parentId: null, status: { not: "disconnected" } },
    select: { id: true },
  });
  for (const { id } of left) await disconnectConnection(ctx, { connectionId: id });
  await endSeparateConsentsOf(ctx, input.personId);
}

/** Makes somebody a member, an auditor or an admin, from their next request on. */
export async function setRole(ctx: PersonCtx, input: PersonInput & { readonly role: string }): Promise<void> {
  const role = readRole(input.role);
  await changePerson(ctx, "person.set_role", input, async (tx, person, row) => {
    if (role !== "admin") await leaveOffice(ctx, tx, person);
    await tx.person.update({ where: { id: person.id }, data: { role } });
    row.detail = { from: person.role, to: role };
  });
}

/** The agents that are stopped by this go into its row. */
async function noteOrphans(tx: Tx, person: Held, row: ChangeRow): Promise<string[]> {
  const orphans = await orphansOf(tx, person.id);
  if (orphans.length > 0) row.detail = { ...row.detail, orphanedAgents: orphans };
  return orphans;
}

/** Admins only. The person's row is held, so that two changes of one person follow each other; a refused one leaves its row. */
async function changePerson<T>(ctx: PersonCtx, event: ChangeEvent, input: PersonInput, write: Write<T>): Promise<T> {
  const refused: ChangeRow = { target: "A person" };
  try {
    requireRole(ctx.actor, "admin");
    return await change(ctx, event, async (tx, row) => {
      const person = await holdPerson(tx, input.personId);
      row.target = refused.target = person.name;
      row.ownerId = refused.ownerId = person.id;
      return write(tx, person, row);
    });
  } catch (error) {
    if (isRefusal(error)) await recordRefusedChange(ctx, event, refused, error);
    throw error;
  }
}

/** Active admins are held first and in one order, so that two admins who end each other's role at once cannot both win, nor wait for ever. */
async function holdPerson(tx: Tx, personId: string): Promise<Held> {
  await tx.$queryRaw`SELECT id FROM people WHERE role = 'admin' AND status = 'active' ORDER BY id FOR UPDATE`;
  const [person] = await tx.$queryRaw<Held[]>`SELECT id, name, role, status FROM people WHERE id = ${personId} FOR UPDATE`;
  if (!person) throw notFound("person");
  return person;
}

/** An admin who stops being one takes their open invitations along. The last active one cannot. */
async function leaveOffice(ctx: PersonCtx, tx: Tx, person: Held): Promise<void> {
  if (person.role !== "admin") return;
  if (person.status === "active") await refuseLastAdmin(tx, person);
  await endInvitations(tx, person.id, ctx.clock.now());
}

async function refuseLastAdmin(tx: Tx, person: Held): Promise<void> {
  const others = await tx.person.count({ where: { role: "admin", status: "active", id: { not: person.id } } });
  if (others > 0) return;
  throw new Refusal("conflict", `${person.name} is the last active admin. Make somebody else an admin first.`, { reason: "last_admin" });
}
