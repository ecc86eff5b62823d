import { describeScopes, type Permission } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { accountConnector } from "../setups/client";
import { ownGrant } from "./own";

/** What a grant really did with one of its scopes. */
export interface ScopeUse {
  readonly scope: string;
  readonly label: string;
  readonly calls: number;
  readonly lastUsedAt: Date;
  /** Path templates it was used for, most used first. */
  readonly paths: readonly string[];
}

export interface GrantUsage {
  /** False for direct delivery: the SaaS sees those calls, Valet does not. */
  readonly seen: boolean;
  readonly used: readonly ScopeUse[];
  readonly unused: readonly Permission[];
  /** How long it has been lent, in whole days. */
  readonly lentDays: number;
}

interface Counted {
  readonly scope: string;
  readonly path: string;
  readonly calls: number;
  readonly last: Date;
}

const COUNT = `select detail->>'scope' as scope, detail->'rule'->>'path' as path, count(*)::int as calls, max(at) as last
  from activity where grant_id = $1 and event = 'gateway.call' and decision = 'allowed' and detail->>'scope' is not null
  group by 1, 2 order by calls desc limit 500`;

/** Which of a grant's scopes were really used, from the ledger. The person who lent it, admins and auditors. */
export async function grantUsage(ctx: PersonCtx, input: { grantId: string }): Promise<GrantUsage> {
  const grant = await ownGrant(ctx, input.grantId, { alsoAuditors: true });
  const connector = accountConnector(ctx, grant.connection);
  const counted = await preparedRead<Counted & Record<string, unknown>>(ctx.db, "grant_usage", COUNT, [grant.id]);
  const scopes = [...new Set(counted.map((one) => one.scope))];
  const lentDays = Math.floor((ctx.clock.now().getTime() - grant.createdAt.getTime()) / 86_400_000);
  return {
    seen: grant.delivery === "gateway",
    used: describeScopes(connector, scopes).map(({ name, label }) => sum(name, label, counted)),
    unused: describeScopes(connector, grant.scopes).filter((permission) => !scopes.includes(permission.name)),
    lentDays,
  };
}

function sum(scope: string, label: string, counted: readonly Counted[]): ScopeUse {
  const mine = counted.filter((one) => one.scope === scope);
  const lastUsedAt = new Date(Math.max(...mine.map((one) => one.last.getTime())));
  return { scope, label, calls: mine.reduce((total, one) => total + one.calls, 0), lastUsedAt, paths: mine.map((one) => one.path) };
}
