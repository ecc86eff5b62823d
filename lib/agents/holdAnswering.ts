import type { Tx } from "../db";
import { Refusal } from "../errors";
import type { Answering } from "./rules";

interface Held {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/**
 * Holds everybody who answers for an agent until the transaction ends, so that nobody is suspended meanwhile. Whoever is new has to be in
 * good standing, and so has one of its owners. Answers their names.
 */
export async function holdAnswering(tx: Tx, before: Answering | null, after: Answering): Promise<ReadonlyMap<string, string>> {
  const ids = [after.ownerId, after.secondOwnerId, after.sponsorId].filter((id) => id !== null);
  const people = await tx.$queryRaw<Held[]>`SELECT id, name, status FROM people WHERE id = ANY(${ids}) ORDER BY id FOR SHARE`;
  const stands = (id: string | null) => people.some((one) => one.id === id && one.status === "active");
  const known = before ? [before.ownerId, before.secondOwnerId, before.sponsorId] : [];
  const fallen = people.find((one) => one.status !== "active" && !known.includes(one.id));
  if (fallen)
    throw new Refusal("conflict", `${fallen.name} was ${fallen.status} just now. Name somebody else.`, { reason: "person_not_active" });
  if (!stands(after.ownerId) && !stands(after.secondOwnerId)) throw lastOwner();
  return new Map(people.map(({ id, name }) => [id, name]));
}

function lastOwner(): Refusal {
  return new Refusal("conflict", "Nobody in good standing would own this agent then. Name an owner who is.", { reason: "last_owner" });
}
