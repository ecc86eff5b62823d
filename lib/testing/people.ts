import { hash } from "@node-rs/argon2";
import { asActor, type PersonCtx, type Role } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { actorOf, type PersonStatus } from "../people/person";
import { hashSecret, lastFour, newSecret } from "../tokens/secret";
import type { TestCore } from "./core";

export interface PersonSeed {
  readonly name?: string;
  readonly email?: string;
  readonly role?: Role;
  readonly status?: PersonStatus;
  /** Hashed at the lowest cost there is: the hash says its own cost. */
  readonly password?: string;
}

/** Somebody in the database, without a row of activity, and the tools in their hand. */
export async function person(core: TestCore, seed: PersonSeed = {}): Promise<PersonCtx> {
  const id = newId("per", core.clock.now());
  const data = {
    id,
    name: seed.name ?? "Ada Lovelace",
    email: seed.email ?? `${id}@example.com`,
    role: seed.role ?? "member",
    status: seed.status ?? "active",
    passwordHash: seed.password ? await hash(seed.password, { memoryCost: 8, timeCost: 1, parallelism: 1 }) : null,
    createdAt: core.clock.now(),
  };
  await writingSide(core.db).prisma.person.create({ data });
  return asActor(core, actorOf(data, "browser"));
}

export interface AgentSeed {
  readonly name?: string;
  readonly purpose?: string;
  readonly status?: "active" | "paused";
  readonly secondOwner?: PersonCtx;
  readonly sponsor?: PersonCtx;
}

export interface SeededAgent {
  readonly agentId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An agent of a person in the database, without a row of activity. */
export async function agent(core: TestCore, owner: PersonCtx, seed: AgentSeed = {}): Promise<SeededAgent> {
  const createdAt = core.clock.now();
  const [id, secret] = [newId("agt", createdAt), newSecret("agt")];
  const { name = "Triage bot", purpose = "Sorts new issues", status = "active" } = seed;
  const pausedAt = status === "paused" ? createdAt : null;
  const credential = { id: newId("crd", createdAt), kind: "secret", hash: hashSecret(secret), lastFour: lastFour(secret), createdAt };
  const answering = {
    ownerId: owner.actor.personId,
    secondOwnerId: seed.secondOwner?.actor.personId ?? null,
    sponsorId: seed.sponsor?.actor.personId ?? null,
  };
  await writingSide(core.db).prisma.agent.create({
    data: { id, name, purpose, status, pausedAt, ...answering, createdAt, credentials: { create: credential } },
  });
  return { agentId: id, clientId: id, clientSecret: secret };
}
