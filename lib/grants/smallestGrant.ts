import type { Connector } from "../connectors/connector";
import { describeScopes } from "../connectors/scopes";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { Bounds } from "../policy/bounds";

/** The smallest grant that would have done, for a program to read and for its person to open. */
export interface SmallestGrant {
  readonly scopes: readonly string[];
  /** The same in words, in the same order. */
  readonly labels: readonly string[];
  readonly connectionId: string;
  readonly agentId: string;
  /** What it is kept to: the bounds of the grant that was too small, and what was missing in them. Null: nothing. */
  readonly bounds: Bounds | null;
  /** The form for a new grant, filled in, at this Valet. Opening it grants nothing: its person reads, and agrees or not. */
  readonly url: string;
}

/** Names only scopes that the connector knows: nothing that an agent sent comes back by this. */
export function smallestGrant(
  core: Pick<Core, "settings">,
  connector: Connector,
  about: {
    readonly agentId: string;
    readonly connectionId: string;
    readonly scopes: readonly string[];
    readonly bounds?: Bounds | null | undefined;
  },
): SmallestGrant | null {
  const permissions = describeScopes(connector, about.scopes);
  if (permissions.length === 0) return null;
  const { agentId, connectionId, bounds = null } = about;
  const scopes = permissions.map(({ name }) => name);
  const url = core.settings.publicUrl + grantLink({ agentId, connectionId, scopes, bounds });
  return { scopes, labels: permissions.map(({ label }) => label), connectionId, agentId, bounds, url };
}

/** The path of the form for a new grant with this much ticked, and kept to this. */
export function grantLink(about: Pick<SmallestGrant, "agentId" | "connectionId" | "scopes" | "bounds">): string {
  const { agentId, connectionId, scopes, bounds } = about;
  const query = new URLSearchParams({ agent: agentId, connection: connectionId });
  for (const scope of scopes) query.append("scopes", scope);
  for (const [kind, names] of Object.entries(bounds?.resources ?? {}))
    for (const name of names) query.append("resource", `${kind}:${name}`);
  if (bounds?.callsPerHour !== undefined) query.set("callsPerHour", String(bounds.callsPerHour));
  if (bounds?.writesPerRun !== undefined) query.set("writesPerRun", String(bounds.writesPerRun));
  return `/grants/new?${query}`;
}

/** The same refusal, telling more: `smallest_grant` (null: none would do) and what else a program can read. */
export function teach(
  refusal: Refusal,
  smallest: SmallestGrant | null,
  more: { readonly fix?: string | undefined; readonly facts?: Readonly<Record<string, unknown>> } = {},
): Refusal {
  const { code, message, fix: ownFix, facts, ...rest } = refusal;
  const fix = more.fix ?? ownFix ?? (smallest ? grantLink(smallest) : undefined);
  const told = smallest && {
    scopes: smallest.scopes,
    labels: smallest.labels,
    connection_id: smallest.connectionId,
    agent_id: smallest.agentId,
    ...(smallest.bounds ? { bounds: spelled(smallest.bounds) } : {}),
    url: smallest.url,
  };
  return new Refusal(code, message, {
    ...optionsOf(rest),
    cause: refusal.cause,
    facts: { ...facts, ...more.facts, smallest_grant: told },
    ...(fix ? { fix } : {}),
  });
}

/** Bounds as the REST API spells them, so that a program can send them back. */
function spelled({ resources, callsPerHour, writesPerRun }: Bounds) {
  return {
    ...(resources ? { resources } : {}),
    ...(callsPerHour === undefined ? {} : { calls_per_hour: callsPerHour }),
    ...(writesPerRun === undefined ? {} : { writes_per_run: writesPerRun }),
  };
}

/** What is set of a refusal, as the options it is made with. */
function optionsOf({ detail, reason, next, retryAfterSeconds, fields }: Omit<Refusal, "code" | "message" | "fix" | "facts">) {
  return {
    reason,
    ...(detail === undefined ? {} : { detail }),
    ...(next === undefined ? {} : { next }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(fields === undefined ? {} : { fields }),
  };
}
