import type { Core, PersonActor } from "../ctx";
import { isId } from "../ids";
import { actorOf, PERSON_COLUMNS } from "./person";

/** What the browser's session cookie says. */
export interface SessionClaim {
  readonly personId: string;
  readonly sessionVersion: number;
}

/** Who a browser session belongs to right now; null when they were suspended or removed, or signed out everywhere. One read by key. */
export async function readSession(core: Core, claim: SessionClaim): Promise<PersonActor | null> {
  if (!isId("per", claim.personId)) return null;
  const person = await core.db.person.findUnique({ where: { id: claim.personId }, select: PERSON_COLUMNS });
  if (person?.status !== "active" || person.sessionVersion !== claim.sessionVersion) return null;
  return actorOf(person, "browser");
}
