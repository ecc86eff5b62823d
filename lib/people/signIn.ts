import { recordRefusedChange } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { Refusal } from "../errors";
import { enter } from "./enter";
import { verifyPassword } from "./password";
import { PERSON_COLUMNS, type SignedIn } from "./person";
import { EMAIL_CHARACTERS_MAX, normalEmail, PASSWORD_CHARACTERS_MAX } from "./rules";

export type { SignedIn };

export interface PasswordSignIn {
  readonly email: string;
  readonly password: string;
  /** The network address it came from, as the edge believes it. */
  readonly address: string;
}

/**
 * Signs a person in. Takes `core`: nobody is known yet.
 *
 * Refuses with `unauthenticated`, in one sentence and at one cost whether the person is unknown, suspended or mistyped, and with
 * `too_many_requests` after five wrong tries for an e-mail or thirty from an address in a quarter of an hour. A try is counted
 * before it is judged, so that parallel tries cannot pass together. Every judged try leaves a row, also for strangers: a row for
 * some only would take longer and tell who is here.
 */
export async function signInWithPassword(core: Core, input: PasswordSignIn): Promise<SignedIn> {
  const email = normalEmail(input.email).slice(0, EMAIL_CHARACTERS_MAX);
  await core.limits.take("sign_in_address", input.address);
  await core.limits.take("sign_in_email", email);
  const person = await core.db.person.findUnique({ where: { email }, select: { ...PERSON_COLUMNS, passwordHash: true } });
  const fits = await verifyPassword(person?.passwordHash ?? null, input.password.slice(0, 2 * PASSWORD_CHARACTERS_MAX + 1));
  if (!person || !fits || person.status !== "active") return refuse(core, person, fits);
  const session = await enter(core, person, "password");
  await core.limits.giveBack("sign_in_address", input.address);
  await core.limits.forgive("sign_in_email", email);
  return session;
}

async function refuse(core: Core, person: { id: string; status: string } | null, fits: boolean): Promise<never> {
  const told = new Refusal("unauthenticated", "That e-mail and password do not fit.");
  const reason = !person ? "person_unknown" : fits ? `person_${person.status}` : "password_wrong";
  const ctx = asActor(core, { kind: "system", name: "Sign-in" });
  await recordRefusedChange(
    ctx,
    "person.sign_in",
    { target: "Valet, with password", ownerId: person?.id },
    new Refusal(told.code, told.message, { reason }),
  );
  throw told;
}
