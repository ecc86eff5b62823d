import { z } from "zod";
import { findConnector } from "../connectors/registry";
import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { findSummary, type PersonSummary } from "../people/list";
import { requireRole } from "../people/rules";

export const leavingInput = z.strictObject({ personId: z.string().max(60) });

interface Account {
  readonly connector: string;
  readonly connectorName: string;
  readonly accountName: string;
}

/** What somebody has, and so what ends with them: by name, and not only in numbers. */
export interface Leaving {
  /** With the agents they own, and with whom each goes on. */
  readonly person: PersonSummary;
  /** Those not disconnected. */
  readonly accounts: readonly (Account & { readonly id: string; readonly status: string })[];
  /** Live ones, the nearest end first: 200 at most, `person` says how many there are. */
  readonly grants: readonly (Account & {
    readonly id: string;
    readonly agentId: string;
    readonly agentName: string;
    readonly expiresAt: Date;
  })[];
  /** API tokens of their own that work. */
  readonly apiTokens: number;
}

const GRANTS_MAX = 200;

/** What stops when this person is removed. Admins and auditors only. Refuses `not_found` for somebody who is not there. */
export async function previewLeaving(ctx: PersonCtx, input: z.input<typeof leavingInput>): Promise<Leaving> {
  requireRole(ctx.actor, "admin", "auditor");
  const { personId } = leavingInput.parse(input);
  const live = { personId, revokedAt: null, expiresAt: { gt: ctx.clock.now() } };
  const account = { connector: true, accountName: true } as const;
  const [person, accounts, grants, apiTokens] = await Promise.all([
    findSummary(ctx, personId),
    ctx.db.connection.findMany({
      where: { personId, parentId: null, status: { not: "disconnected" } },
      select: { id: true, status: true, ...account },
      orderBy: [{ connector: "asc" }, { id: "asc" }],
    }),
    ctx.db.grant.findMany({
      where: live,
      select: { id: true, agentId: true, expiresAt: true, agent: { select: { name: true } }, connection: { select: account } },
      orderBy: [{ expiresAt: "asc" }, { id: "asc" }],
      take: GRANTS_MAX,
    }),
    ctx.db.personalToken.count({ where: live }),
  ]);
  if (!person) throw notFound("person");
  return {
    person,
    accounts: accounts.map((one) => ({ ...one, ...named(one) })),
    grants: grants.map(({ agent, connection, ...grant }) => ({ ...grant, agentName: agent.name, ...named(connection) })),
    apiTokens,
  };
}

function named({ connector, accountName }: Pick<Account, "connector" | "accountName">): Account {
  return { connector, connectorName: findConnector(connector)?.name ?? connector, accountName };
}
