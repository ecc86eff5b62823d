import "server-only";
import { change } from "@/lib/activity/change";
import { asActor, type Core } from "@/lib/ctx";
import { notFound, Refusal } from "@/lib/errors";
import { actorOf, PERSON_COLUMNS, type SignedIn, signedIn } from "@/lib/people/person";
import { DEMO_PEOPLE } from "./demoPeople";

/** Enters a seeded person without any proof: only in the demo, which the settings keep on loopback. Takes `core`: nobody is known yet. */
export async function signInDemo(core: Core, email: string): Promise<SignedIn> {
  if (!core.settings.demo || !DEMO_PEOPLE.some((one) => one.email === email)) throw notFound("demo person");
  const person = await core.db.person.findUnique({ where: { email }, select: PERSON_COLUMNS });
  if (person?.status !== "active")
    throw new Refusal("unauthenticated", "That demo person is not there. Start the demo anew: npm run demo.");
  await change(asActor(core, actorOf(person, "browser")), "person.sign_in", async (tx, row) => {
    row.target = "Valet, by the demo's one click";
    await tx.person.update({ where: { id: person.id }, data: { lastSignInAt: core.clock.now() } });
  });
  return signedIn(person);
}
