import type { Actor, PersonActor, Role } from "../ctx";
import { Refusal } from "../errors";

export const ROLES = ["member", "auditor", "admin"] as const satisfies readonly Role[];
export const PASSWORD_CHARACTERS_MIN = 12;
/** Hashing costs grow with the length: a passphrase fits, a book does not. */
export const PASSWORD_CHARACTERS_MAX = 200;
export const EMAIL_CHARACTERS_MAX = 254;
export const NAME_CHARACTERS_MAX = 80;

/** Control characters, and those that turn the direction of writing: a name on a consent page must read as it is. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const EMAIL = /^[^\s@<>"]+@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/;

/** @throws Refusal `forbidden` unless a person with one of these roles is asking. */
export function requireRole(actor: Actor, ...roles: readonly Role[]): asserts actor is PersonActor {
  if (actor.kind === "person" && roles.includes(actor.role)) return;
  throw new Refusal("forbidden", `Only ${inWords(roles)} may do this. Ask one to do it.`, { reason: "role_missing" });
}

/** One spelling per mailbox, not checked. Only ASCII is folded: folding more has given one person's mailbox to another (CVE-2019-19844). */
export function normalEmail(text: string): string {
  return text
    .replace(/\p{Cc}/gu, "")
    .trim()
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** @throws Refusal `invalid_request` unless the text looks like an e-mail address. */
export function readEmail(text: string): string {
  const email = normalEmail(text);
  if (email.length <= EMAIL_CHARACTERS_MAX && EMAIL.test(email) && !UNSEEN.test(email)) return email;
  throw badField("email", "Give an e-mail address such as ada@example.com.");
}

/** @throws Refusal `invalid_request` naming the field, when the text is empty, too long, or holds characters nobody sees. */
export function readText(field: string, text: string, charactersMax: number): string {
  const trimmed = text.trim().normalize("NFC");
  if (trimmed.length === 0) throw badField(field, `Give a ${field}.`);
  if (trimmed.length > charactersMax) throw badField(field, `Keep the ${field} within ${charactersMax} characters.`);
  if (UNSEEN.test(trimmed)) throw badField(field, `Write the ${field} on one line, without control characters.`);
  return trimmed;
}

/** @throws Refusal `invalid_request` when the password is too short or too long. What it is made of is free (NIST SP 800-63B section 5.1.1.2). */
export function readPassword(password: string): string {
  const characters = [...password].length;
  if (characters < PASSWORD_CHARACTERS_MIN)
    throw badField("password", `Choose a password of at least ${PASSWORD_CHARACTERS_MIN} characters.`);
  if (characters > PASSWORD_CHARACTERS_MAX)
    throw badField("password", `Choose a password of at most ${PASSWORD_CHARACTERS_MAX} characters.`);
  return password;
}

/** @throws Refusal `invalid_request` for anything but member, auditor or admin. */
export function readRole(role: string): Role {
  const known = ROLES.find((candidate) => candidate === role);
  if (!known) throw badField("role", "Choose one of the roles member, auditor and admin.");
  return known;
}

/** @throws Refusal `invalid_request` unless it is a whole number within the bounds. */
export function readWhole(field: string, value: number, min: number, max: number, unit: string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw badField(field, `Choose from ${min} to ${max} ${unit}.`);
}

/** An input field at fault, with the sentence for the form. */
export function badField(field: string, sentence: string): Refusal {
  return new Refusal("invalid_request", sentence, { fields: { [field]: sentence } });
}

function inWords(roles: readonly Role[]): string {
  return roles.map((role) => (role === "member" ? "a member" : `an ${role}`)).join(" or ");
}
