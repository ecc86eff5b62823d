import type { PersonCtx, Role } from "../ctx";
import { type OwnedAgent, ownedAgents } from "./leaving";
import type { PersonStatus } from "./person";
import { requireRole } from "./rules";

export interface PersonSummary {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly status: PersonStatus;
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
  /** Agents they own, alone or with somebody else, and what becomes of each when they leave. */
  readonly owned: readonly OwnedAgent[];
  /** Those not disconnected. */
  readonly connections: number;
  readonly liveGrants: number;
}

/** Everybody, by name. Admins and auditors only. */
export async function listPeople(ctx: PersonCtx): Promise<PersonSummary[]> {
  requireRole(ctx.actor, "admin", "auditor");
  const owned = await ownedAgents(ctx);
  const people = await ctx.db.person.findMany({
    orderBy: [{ name: "asc" }, { id: "asc" }],
    include: { _count: { select: counted(ctx.clock.now()) } },
  });
  return people.map(({ id, name, email, role, status, createdAt, lastSignInAt, _count }) => ({
    id,
    name,
    email,
    role: role as Role,
    status: status as PersonStatus,
    createdAt,
    lastSignInAt,
    owned: owned.get(id) ?? [],
    connections: _count.connections,
    liveGrants: _count.grants,
  }));
}

function counted(now: Date) {
  return {
    connections: { where: { status: { not: "disconnected" }, parentId: null } },
    grants: { where: { revokedAt: null, expiresAt: { gt: now } } },
  } as const;
}
