import { change } from "../activity/change";
import { asActor, type Core, type Role } from "../ctx";
import type { Tx } from "../db";
import { Refusal } from "../errors";
import { newId } from "../ids";
import { hashSecret, secretKind } from "../tokens/secret";
import { hashPassword } from "./password";
import { actorOf, type SignedIn, signedIn } from "./person";
import { NAME_CHARACTERS_MAX, readEmail, readPassword, readText } from "./rules";
import { refuseSecondSetUp } from "./setUpLink";

export interface OpenInvitation {
  /** Null on the set-up link: whoever holds it says it. */
  readonly email: string | null;
  readonly role: Role;
}

export interface AcceptInput {
  readonly token: string;
  /** Counts on the set-up link only: an invitation has its own. */
  readonly email?: string;
  readonly name: string;
  readonly password: string;
  /** The network address it came from, as the edge believes it. */
  readonly address: string;
}

/** What a link opens, or null when it was used, replaced, ended, or never was one. Takes `core`: its holder is nobody yet. */
export async function readInvitation(core: Core, token: string): Promise<OpenInvitation | null> {
  if (secretKind(token) !== "inv") return null;
  const found = await core.db.invitation.findUnique({ where: { tokenHash: hashSecret(token) } });
  if (!found || found.usedAt || found.expiresAt <= core.clock.now()) return null;
  return { email: found.email, role: found.role as Role };
}

/**
 * Makes the person that an invitation or the set-up link is for, and signs them in. Of any number of holders at once, one wins.
 *
 * Refuses with `not_found` when the link is spent or unknown, `invalid_request` for a bad field, `conflict` when the e-mail is taken or
 * the set-up is done, `too_many_requests` after twenty bad links from an address in a quarter of an hour.
 */
export async function acceptInvitation(core: Core, input: AcceptInput): Promise<SignedIn> {
  await core.limits.take("invitation_address", input.address);
  const invitation = await readInvitation(core, input.token);
  if (!invitation) throw spent();
  await core.limits.giveBack("invitation_address", input.address);
  const person = await newPerson(core, invitation, input);
  await change(asActor(core, actorOf(person, "browser")), "person.join", async (tx, row) => {
    row.target = invitation.email ? `Valet as ${invitation.role}, by invitation` : "Valet as the first admin";
    await spendInvitation(tx, core, input.token);
    if (invitation.email === null) await refuseSecondSetUp(tx);
    const { count } = await tx.person.createMany({ data: [person], skipDuplicates: true });
    if (count === 0) throw new Refusal("conflict", "Somebody here has that e-mail. Sign in instead.", { reason: "email_taken" });
  });
  return signedIn(person);
}

async function newPerson(core: Core, invitation: OpenInvitation, input: AcceptInput) {
  const email = invitation.email ?? readEmail(input.email ?? "");
  const name = readText("name", input.name, NAME_CHARACTERS_MAX);
  const passwordHash = await hashPassword(readPassword(input.password));
  const now = core.clock.now();
  return { id: newId("per", now), email, name, role: invitation.role, passwordHash, sessionVersion: 1, createdAt: now, lastSignInAt: now };
}

/** The row itself says who was first: the update finds it unused once only. */
async function spendInvitation(tx: Tx, core: Core, token: string): Promise<void> {
  const now = core.clock.now();
  const where = { tokenHash: hashSecret(token), usedAt: null, expiresAt: { gt: now } };
  const { count } = await tx.invitation.updateMany({ where, data: { usedAt: now } });
  if (count === 0) throw spent();
}

function spent(): Refusal {
  return new Refusal("not_found", "This link was used, has ended, or is not whole. Ask for a new one.", { reason: "invitation_spent" });
}
