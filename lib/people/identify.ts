import { recordRefusedChange } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { enter } from "./enter";
import { joinWithIdentity } from "./joinWithIdentity";
import { PERSON_COLUMNS, type SignedIn } from "./person";

/** What an OpenID provider said of somebody, after its ID token was verified. */
export interface IdentityClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
}

/**
 * Signs in whom the OpenID provider proved. Takes `core`: nobody is known yet.
 *
 * People are known by issuer and subject, never by e-mail (OpenID Connect Core section 5.7). Only the first time does a verified
 * e-mail count: it opens an invitation, or a person's record that has neither password nor identity. Refuses with `forbidden` and
 * the reason otherwise, and leaves a row.
 */
export async function signInWithIdentity(core: Core, claims: IdentityClaims): Promise<SignedIn> {
  try {
    refuseOtherIssuer(core, claims);
    return (await signInKnown(core, claims)) ?? (await firstSignIn(core, claims));
  } catch (error) {
    if (isRefusal(error)) await recordRefused(core, claims, error);
    throw error;
  }
}

function refuseOtherIssuer(core: Core, claims: IdentityClaims): void {
  if (core.settings.oidc?.issuer === claims.issuer && claims.subject !== "") return;
  throw new Refusal("forbidden", "That single sign-on is not the one of this Valet. Ask an admin.", { reason: "issuer_other" });
}

async function signInKnown(core: Core, claims: IdentityClaims): Promise<SignedIn | null> {
  const person = await findPerson(core, claims);
  if (!person) return null;
  if (person.status === "active") return enter(core, person, "single sign-on");
  throw new Refusal("forbidden", `Your account here is ${person.status}. Ask an admin to let you back in.`, {
    reason: `person_${person.status}`,
  });
}

/** Two first sign-ins of one person at once: who came second is known by now. */
async function firstSignIn(core: Core, claims: IdentityClaims): Promise<SignedIn> {
  try {
    return await joinWithIdentity(core, claims);
  } catch (error) {
    const known = isRefusal(error) ? await signInKnown(core, claims) : null;
    if (known) return known;
    throw error;
  }
}

async function recordRefused(core: Core, claims: IdentityClaims, refusal: Refusal): Promise<void> {
  const person = await findPerson(core, claims);
  const ctx = asActor(core, { kind: "system", name: "Sign-in" });
  await recordRefusedChange(ctx, "person.sign_in", { target: "Valet, with single sign-on", ownerId: person?.id }, refusal);
}

async function findPerson(core: Core, { issuer, subject }: IdentityClaims) {
  const where = { issuer_subject: { issuer, subject } };
  const known = await core.db.identity.findUnique({ where, select: { person: { select: PERSON_COLUMNS } } });
  return known?.person ?? null;
}
