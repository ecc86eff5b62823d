import type { PersonActor, Role } from "../ctx";

export type PersonStatus = "active" | "suspended" | "removed";

/** What a browser session is made of: it holds `personId` and `sessionVersion`, the rest is read anew each time. */
export interface SignedIn {
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly sessionVersion: number;
}

/** The columns that say who somebody is. */
export interface PersonRecord {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly sessionVersion: number;
}

export const PERSON_COLUMNS = { id: true, name: true, email: true, role: true, sessionVersion: true, status: true } as const;

export function actorOf(person: Omit<PersonRecord, "sessionVersion">, via: PersonActor["via"]): PersonActor {
  return { kind: "person", personId: person.id, name: person.name, email: person.email, role: person.role as Role, via };
}

export function signedIn(person: PersonRecord): SignedIn {
  const { id: personId, name, email, sessionVersion } = person;
  return { personId, name, email, role: person.role as Role, sessionVersion };
}
