import { change } from "../activity/change";
import { asActor, type Core, type PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { Refusal } from "../errors";
import { newId } from "../ids";
import { hashSecret, newSecret } from "../tokens/secret";
import { readEmail, readRole, requireRole } from "./rules";
import { holdSetUp } from "./setUpLink";

export const INVITATION_DAYS = 7;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

export interface InviteInput {
  readonly email: string;
  readonly role: string;
}

export interface Invited {
  /** Shown once; only its hash is kept. */
  readonly token: string;
  readonly path: string;
  readonly expiresAt: Date;
}

/**
 * Makes a one-time link that lets the owner of an e-mail address join with a role. Admins only. An earlier open link for the
 * same address ends. Refuses with `conflict` when somebody here has that address.
 */
export async function invitePerson(ctx: PersonCtx, input: InviteInput): Promise<Invited> {
  requireRole(ctx.actor, "admin");
  const [email, role] = [readEmail(input.email), readRole(input.role)];
  return change(ctx, "person.invite", async (tx, row) => {
    row.target = `${email} as ${role}`;
    if (await tx.person.findUnique({ where: { email }, select: { id: true } })) throw emailTaken();
    await tx.invitation.updateMany({ where: { email, usedAt: null }, data: { usedAt: ctx.clock.now() } });
    const made = await createInvitation(tx, ctx, { email, role, createdById: ctx.actor.personId });
    return { ...made, path: `/join/${made.token}` };
  });
}

/**
 * The path of a link that makes the first admin, or null once there is an active one. Takes `core`: it is offered at the start, on
 * the operator's own screen. Each offer ends the one before.
 */
export async function offerSetUp(core: Core): Promise<string | null> {
  if (await core.db.person.findFirst({ where: { role: "admin", status: "active" }, select: { id: true } })) return null;
  return change(asActor(core, { kind: "system", name: "Start" }), "person.invite", async (tx, row) => {
    row.target = "The first admin";
    await holdSetUp(tx);
    await tx.invitation.updateMany({ where: { email: null, usedAt: null }, data: { usedAt: core.clock.now() } });
    const { token } = await createInvitation(tx, core, { email: null, role: "admin", createdById: null });
    return `/set-up/${token}`;
  });
}

function emailTaken(): Refusal {
  return new Refusal("conflict", "Somebody here has that e-mail. If they were suspended or removed, let them back in on the People page.", {
    reason: "email_taken",
  });
}

async function createInvitation(
  tx: Tx,
  core: Pick<Core, "clock">,
  to: { email: string | null; role: string; createdById: string | null },
): Promise<{ token: string; expiresAt: Date }> {
  const [token, createdAt] = [newSecret("inv"), core.clock.now()];
  const expiresAt = new Date(createdAt.getTime() + INVITATION_DAYS * DAY_MILLISECONDS);
  await tx.invitation.create({ data: { id: newId("inv", createdAt), tokenHash: hashSecret(token), ...to, createdAt, expiresAt } });
  return { token, expiresAt };
}
