import { z } from "zod";
import { AGENT_IN_STANDING } from "../activity/stands";
import type { Access } from "../connectors/connector";
import { findConnector } from "../connectors/registry";
import { describeScopes } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import { requireRole } from "../people/rules";
import { type Pattern, readPattern } from "../policy/pattern";
import { LIVE_GRANTS } from "./liveGrants";

const ROWS_MAX = 500;
const id = z.string().max(60).optional();
export const accessFilter = z.strictObject({
  agentId: id,
  personId: id,
  connectionId: id,
  connector: id,
  /** `write` stands for all that is more than reading. */
  access: z.enum(["read", "write"]).optional(),
  /** Where the page before ended, as it was answered. */
  cursor: id,
  limit: z.coerce.number().int().min(1).max(ROWS_MAX).default(ROWS_MAX),
});
export type AccessFilter = z.input<typeof accessFilter>;
type Asked = z.output<typeof accessFilter>;

/** One way by which an agent reaches an account now. */
export interface Reach {
  readonly grantId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly personId: string;
  readonly personName: string;
  readonly connectionId: string;
  readonly connector: string;
  readonly connectorName: string;
  readonly accountName: string;
  readonly access: Access;
  /** What it may do, in words. */
  readonly permissions: readonly string[];
  readonly pattern: Pattern;
  readonly delivery: "direct" | "gateway";
  /** Who holds the agent to it. */
  readonly narrowedBy: "provider" | "consent" | "gateway";
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  /** Agents that it may hand this on to, by name. */
  readonly handsOnTo: readonly string[];
}

/** What an agent may do on its own authority, at a service of the house. */
export interface OwnReach {
  readonly agentId: string;
  readonly agentName: string;
  readonly resource: string;
  readonly resourceName: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

export interface AccessList {
  readonly rows: readonly Reach[];
  /** All there are; `rows` holds one page of them. */
  readonly total: number;
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null;
  /** On the first page alone. */
  readonly own: readonly OwnReach[];
}

interface Read extends Omit<Reach, "connectorName" | "permissions" | "pattern"> {
  readonly scopes: string[];
  readonly pattern: string;
}

/**
 * Who reaches what right now, asked from either end: an agent, a person, an account or a connector. What the gate would refuse as a whole
 * (ended, revoked, paused, suspended, without an owner) is not in it. Admins and auditors only.
 */
export async function listAccess(ctx: PersonCtx, input: AccessFilter = {}): Promise<AccessList> {
  requireRole(ctx.actor, "admin", "auditor");
  const filter = accessFilter.parse(input);
  const values: unknown[] = [ctx.clock.now()];
  const asked = `${LIVE_GRANTS} ${conditionsOf(filter, values)}`;
  const [[counted], read] = await Promise.all([
    freshRead<{ total: number }>(ctx.db, `select count(*)::int as total ${asked}`, [...values]),
    freshRead<Read>(ctx.db, `${SELECT} ${asked} ${pageOf(filter, values)}`, values),
  ]);
  const rows = read.slice(0, filter.limit).map(({ scopes, ...row }) => ({
    ...row,
    ...words(row.connector, scopes),
    pattern: readPattern(row.pattern),
  }));
  const onlyAccounts = filter.personId ?? filter.connectionId ?? filter.connector ?? filter.access ?? filter.cursor;
  return {
    rows,
    total: counted?.total ?? 0,
    nextCursor: read.length > rows.length ? (rows.at(-1)?.grantId ?? null) : null,
    own: onlyAccounts === undefined ? await listOwn(ctx, filter.agentId) : [],
  };
}

const SELECT = `select g.id as "grantId", a.id as "agentId", a.name as "agentName", p.id as "personId", p.name as "personName",
  coalesce(c.parent_id, c.id) as "connectionId", g.connector, c.account_name as "accountName", g.access, g.scopes, g.pattern, g.delivery,
  g.narrowed_by as "narrowedBy", g.expires_at as "expiresAt",
  (select u.at from activity u where u.grant_id = g.id and u.kind = 'use' and u.decision = 'allowed' order by u.at desc limit 1) as "lastUsedAt",
  array(select t.name from agent_links l join agents t on t.id = l.to_agent_id
    where l.grant_id = g.id and l.from_agent_id = g.agent_id and l.revoked_at is null order by t.name) as "handsOnTo"`;
const PLACE = "(g.access = 'read'), lower(a.name), lower(p.name), g.id";

/** From where the page before ended; a cursor that is no grant's means the first page. One more than asked for tells whether there are more. */
function pageOf({ cursor, limit }: Asked, values: unknown[]): string {
  const last = cursor === undefined ? "" : `$${values.push(cursor)}`;
  const place = `select ${PLACE} from grants g join agents a on a.id = g.agent_id join people p on p.id = g.person_id where g.id = ${last}`;
  const after = cursor === undefined ? "" : `and (not exists (select 1 from grants where id = ${last}) or (${PLACE}) > (${place}))`;
  return `${after} order by ${PLACE} limit ${limit + 1}`;
}

function conditionsOf({ agentId, personId, connectionId, connector, access }: Asked, values: unknown[]): string {
  const equal = (column: string, value: string | undefined) => (value === undefined ? "" : `and ${column} = $${values.push(value)}`);
  const reads = access === undefined ? "" : `and g.access ${access === "read" ? "=" : "<>"} 'read'`;
  return [
    equal("g.agent_id", agentId),
    equal("g.person_id", personId),
    equal("coalesce(c.parent_id, c.id)", connectionId),
    equal("g.connector", connector),
    reads,
  ].join(" ");
}

function words(connectorId: string, scopes: string[]) {
  const connector = findConnector(connectorId);
  return connector
    ? { connectorName: connector.name, permissions: describeScopes(connector, scopes).map(({ label }) => label) }
    : { connectorName: connectorId, permissions: scopes };
}

function listOwn(ctx: PersonCtx, agentId: string | undefined): Promise<OwnReach[]> {
  const text = `select a.id as "agentId", a.name as "agentName", r.resource, r.name as "resourceName", x.scopes, x.expires_at as "expiresAt"
    from own_access x join agents a on a.id = x.agent_id join platform_resources r on r.id = x.resource_id
    where x.revoked_at is null and (x.expires_at is null or x.expires_at > $1) and ${AGENT_IN_STANDING}
      and ($2::text is null or a.id = $2) order by lower(a.name), r.name limit ${ROWS_MAX}`;
  return freshRead<OwnReach>(ctx.db, text, [ctx.clock.now(), agentId ?? null]);
}
