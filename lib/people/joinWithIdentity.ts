import { change } from "../activity/change";
import { asActor, type Core, type Role } from "../ctx";
import type { Tx } from "../db";
import { Refusal } from "../errors";
import { newId } from "../ids";
import type { IdentityClaims } from "./identify";
import { actorOf, PERSON_COLUMNS, type SignedIn, signedIn } from "./person";
import { NAME_CHARACTERS_MAX, readEmail, readText } from "./rules";

/** The first time an identity is seen: joined to a record that waits for it, or to a new one. */
export async function joinWithIdentity(core: Core, claims: IdentityClaims): Promise<SignedIn> {
  const email = readVerifiedEmail(claims);
  const waiting = await core.db.person.findUnique({ where: { email }, select: PERSON_COLUMNS });
  return waiting ? linkPerson(core, waiting, claims) : createPerson(core, email, claims);
}

function readVerifiedEmail(claims: IdentityClaims): string {
  if (claims.emailVerified) return readEmail(claims.email);
  throw new Refusal("forbidden", "Your single sign-on does not vouch for your e-mail. Ask an admin to have it verified there.", {
    reason: "email_not_verified",
  });
}

type Waiting = Parameters<typeof actorOf>[0] & { status: string; sessionVersion: number };

/** The record is held while it is judged: of two identities with one e-mail, the first gets it. */
function linkPerson(core: Core, person: Waiting, claims: IdentityClaims): Promise<SignedIn> {
  return change(asActor(core, actorOf(person, "browser")), "person.join", async (tx, row) => {
    row.target = `Valet as ${person.role}, with single sign-on`;
    const free = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM people WHERE id = ${person.id} AND status = 'active' AND password_hash IS NULL FOR UPDATE`;
    if (free.length === 0 || (await tx.identity.count({ where: { personId: person.id } })) > 0) throw emailTaken();
    await tx.person.update({ where: { id: person.id }, data: { lastSignInAt: core.clock.now() } });
    await createIdentity(tx, core, person.id, claims);
    return signedIn(person);
  });
}

async function createPerson(core: Core, email: string, claims: IdentityClaims): Promise<SignedIn> {
  const now = core.clock.now();
  const open = { email, usedAt: null, expiresAt: { gt: now } };
  const invitation = await core.db.invitation.findFirst({ where: open });
  if (!invitation) refuseOtherDomain(core, email);
  const role = (invitation?.role ?? "member") as Role;
  const name = readText("name", claims.name.trim() || email, NAME_CHARACTERS_MAX);
  const person = { id: newId("per", now), email, name, role, sessionVersion: 1, createdAt: now, lastSignInAt: now };
  await change(asActor(core, actorOf(person, "browser")), "person.join", async (tx, row) => {
    row.target = `Valet as ${role}, with single sign-on`;
    if (invitation) await spendInvitation(tx, invitation.id, now);
    const { count } = await tx.person.createMany({ data: [person], skipDuplicates: true });
    if (count === 0) throw emailTaken();
    await createIdentity(tx, core, person.id, claims);
  });
  return signedIn(person);
}

async function spendInvitation(tx: Tx, id: string, now: Date): Promise<void> {
  const { count } = await tx.invitation.updateMany({ where: { id, usedAt: null, expiresAt: { gt: now } }, data: { usedAt: now } });
  if (count === 0) throw emailTaken();
}

async function createIdentity(tx: Tx, core: Core, personId: string, { issuer, subject }: IdentityClaims): Promise<void> {
  const createdAt = core.clock.now();
  const identity = { id: newId("idn", createdAt), personId, issuer, subject, createdAt };
  const { count } = await tx.identity.createMany({ data: [identity], skipDuplicates: true });
  if (count === 0) throw emailTaken();
}

function refuseOtherDomain(core: Core, email: string): void {
  const domains = core.settings.oidc?.emailDomains ?? [];
  if (domains.length === 0 || domains.includes(email.slice(email.lastIndexOf("@") + 1))) return;
  throw new Refusal("forbidden", "Your e-mail is not of a domain that may join this Valet. Ask an admin for an invitation.", {
    reason: "email_domain",
  });
}

function emailTaken(): Refusal {
  return new Refusal("forbidden", "Somebody here has your e-mail and signs in another way. Sign in that way, or ask an admin.", {
    reason: "email_taken",
  });
}
