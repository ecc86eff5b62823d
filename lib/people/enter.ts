import { change } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { Refusal } from "../errors";
import { actorOf, type PersonRecord, type SignedIn, signedIn } from "./person";

/** Lets somebody in who has been proved, and writes it down. Refuses when they were suspended meanwhile. */
export async function enter(core: Core, person: PersonRecord, how: "password" | "single sign-on"): Promise<SignedIn> {
  await change(asActor(core, actorOf(person, "browser")), "person.sign_in", async (tx, row) => {
    row.target = `Valet, with ${how}`;
    const { count } = await tx.person.updateMany({ where: { id: person.id, status: "active" }, data: { lastSignInAt: core.clock.now() } });
    if (count === 0) throw new Refusal("unauthenticated", "Sign in again.", { reason: "person_not_active" });
  });
  return signedIn(person);
}
