import { reachOf } from "../connectors/pastedKey";
import { describeScopes, type Permission } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { isRefusal } from "../errors";
import { compileGrant } from "../policy/compile";
import { accountConnector } from "../setups/client";
import { ownGrant } from "./own";
import { planShrink } from "./rules";

/** What a grant really did with one of its scopes. */
export interface ScopeUse {
  readonly scope: string;
  readonly label: string;
  readonly calls: number;
  readonly lastUsedAt: Date;
  /** Path templates it was used for, most used first. */
  readonly paths: readonly string[];
  /** The resources that those calls named, where the gateway noted them: "repository acme/site". */
  readonly resources: readonly string[];
}

/** What narrowing to what was used would keep and take, as it is shown before it is done. */
export interface ShrinkOffer {
  readonly keeps: readonly Permission[];
  readonly loses: readonly Permission[];
}

export interface GrantUsage {
  /** False for direct delivery: the SaaS sees those calls, Valet does not. */
  readonly seen: boolean;
  readonly used: readonly ScopeUse[];
  readonly unused: readonly Permission[];
  /** How long it has been lent, in whole days. */
  readonly lentDays: number;
  /** Null when there is nothing to offer, and then why. */
  readonly shrink: ShrinkOffer | null;
  readonly whyNoShrink: "unseen" | "too_young" | "never_used" | "all_used" | "not_enforceable" | "over" | null;
}

interface Counted {
  readonly scope: string;
  readonly path: string;
  readonly resources: unknown;
  readonly calls: number;
  readonly last: Date;
}

/** Each call of a batch counts by itself. */
const COUNT = `select coalesce(i->>'scope', detail->>'scope') as scope, coalesce(i->>'path', detail->'rule'->>'path') as path,
  detail->'resources' as resources, count(*)::int as calls, max(at) as last
  from activity left join lateral jsonb_array_elements(case jsonb_typeof(detail->'inner') when 'array' then detail->'inner' end) i on true
  where grant_id = $1 and event = 'gateway.call' and decision = 'allowed' and detail->>'scope' is not null
  group by 1, 2, 3 order by calls desc, scope, path limit 500`;

type OwnGrant = Awaited<ReturnType<typeof ownGrant>>;

/** Which of a grant's scopes were really used, from the ledger. The person who lent it, admins and auditors. */
export async function grantUsage(ctx: PersonCtx, input: { grantId: string }): Promise<GrantUsage> {
  const grant = await ownGrant(ctx, input.grantId, { alsoAuditors: true });
  const connector = accountConnector(ctx, grant.connection);
  const counted = await preparedRead<Counted & Record<string, unknown>>(ctx.db, "grant_usage", COUNT, [grant.id]);
  const scopes = [...new Set(counted.map((one) => one.scope))];
  const used = describeScopes(connector, scopes).map(({ name, label }) => sum(name, label, counted));
  return {
    seen: grant.delivery === "gateway",
    used,
    unused: describeScopes(connector, grant.scopes).filter((permission) => !scopes.includes(permission.name)),
    lentDays: Math.floor((ctx.clock.now().getTime() - grant.createdAt.getTime()) / 86_400_000),
    ...offer(ctx, grant, used),
  };
}

/** Only what could be done is offered: a grant may hold scopes that nobody could take apart. */
function offer(ctx: PersonCtx, grant: OwnGrant, used: readonly ScopeUse[]): Pick<GrantUsage, "shrink" | "whyNoShrink"> {
  const now = ctx.clock.now();
  if (grant.revokedAt || grant.expiresAt <= now) return { shrink: null, whyNoShrink: "over" };
  const plan = planShrink({ ...grant, delivery: grant.delivery as "direct" | "gateway" }, used, now);
  if (plan.offer === "none") return { shrink: null, whyNoShrink: plan.because };
  const connector = accountConnector(ctx, grant.connection);
  try {
    compileGrant(connector, reachOf(connector, grant.connection), plan.keeps, "gateway");
  } catch (error) {
    if (isRefusal(error)) return { shrink: null, whyNoShrink: "not_enforceable" };
    throw error;
  }
  return { shrink: { keeps: describeScopes(connector, plan.keeps), loses: describeScopes(connector, plan.loses) }, whyNoShrink: null };
}

function sum(scope: string, label: string, counted: readonly Counted[]): ScopeUse {
  const mine = counted.filter((one) => one.scope === scope);
  const lastUsedAt = new Date(Math.max(...mine.map((one) => one.last.getTime())));
  const calls = mine.reduce((total, one) => total + one.calls, 0);
  const distinct = (all: readonly string[]) => [...new Set(all)];
  return { scope, label, calls, lastUsedAt, paths: distinct(mine.map((one) => one.path)), resources: distinct(mine.flatMap(resourcesOf)) };
}

/** A row notes what a call was about as `kind:name`. Anything else is not shown. */
function resourcesOf({ resources }: Counted): string[] {
  if (!Array.isArray(resources)) return [];
  return resources.flatMap((one) => (typeof one === "string" && one.includes(":") ? [one.replace(":", " ")] : []));
}
