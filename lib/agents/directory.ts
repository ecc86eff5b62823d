import { z } from "zod";
import { grantStands, LENDING_GOES_ON, OWNER_STATUS } from "../activity/stands";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { requireRole } from "../people/rules";

/** What somebody is to an agent: `lent` answers for nothing, and lent it something that has not ended. */
export type Part = "mine" | "second" | "lent" | "sponsored";
export const PARTS = ["mine", "second", "lent", "sponsored"] as const satisfies readonly Part[];

export const STANDINGS = ["active", "paused", "orphaned"] as const;
export type AgentStanding = (typeof STANDINGS)[number];

/** `related`: what the reader has to do with. `mine`: owned, or sponsored. `lendable`: in good standing, for anybody to lend to. `all`: for admins and auditors. */
export const DIRECTORY_SCOPES = ["related", "mine", "lendable", "all"] as const;
export type DirectoryScope = (typeof DIRECTORY_SCOPES)[number];

export const DIRECTORY_PAGE_MAX = 100;
export const PAGE_SIZE = 50;

export const directoryFilter = z.strictObject({
  scope: z.enum(DIRECTORY_SCOPES).default("related"),
  part: z.enum(PARTS).optional(),
  standing: z.enum(STANDINGS).optional(),
  /** What it can reach right now, by what the reader may see. */
  connector: z.string().max(60).optional(),
  /** In its name, its purpose, or the name of somebody who owns it. */
  text: z
    .string()
    .trim()
    .regex(/^[^\0]{1,100}$/)
    .optional(),
  /** From 1; beyond the last is the last. */
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  limit: z.coerce.number().int().min(1).max(DIRECTORY_PAGE_MAX).default(PAGE_SIZE),
});
export type DirectoryFilter = Omit<z.input<typeof directoryFilter>, "page" | "limit"> & { readonly page?: number; readonly limit?: number };

export interface CanDo {
  readonly connector: string;
  readonly access: "read" | "write" | "admin";
}

export interface DirectoryEntry {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  /** Null for those whom it does not concern: they see it as admins, as auditors, or to lend to it. */
  readonly part: Part | null;
  readonly standing: AgentStanding;
  readonly ownerName: string;
  readonly secondOwnerName: string | null;
  /** Null for those who only lend to it. */
  readonly sponsorName: string | null;
  readonly createdAt: Date;
  /** Null for those who only lend to it, and where it has done nothing yet. */
  readonly lastUsedAt: Date | null;
  /** Of what the reader may see, the widest access at each connector that works right now. */
  readonly canDo: readonly CanDo[];
  /** Other people's grants that work right now: how many, for whoever answers for it. */
  readonly othersGrants: number;
}

export interface Directory {
  readonly agents: readonly DirectoryEntry[];
  /** That the filter leaves, on all pages. */
  readonly found: number;
  readonly page: number;
  readonly pages: number;
  /** Without any filter: of each part. */
  readonly counts: Readonly<Record<Part, number>>;
  /** Without any filter: in each standing, all of the scope together. */
  readonly standings: Readonly<Record<AgentStanding, number>>;
  /** What can be filtered by. */
  readonly connectors: readonly string[];
}

/** A grant that gives something, agent aside. */
const WORKING = `
  SELECT g.agent_id, g.connector, g.access, g.person_id FROM grants g
  JOIN people p ON p.id = g.person_id JOIN connections c ON c.id = g.connection_id
  WHERE ${grantStands("$1")} AND ${LENDING_GOES_ON}`;

/** A reader from outside: lends to it or may, and answers for nothing. */
const OUTSIDE = "NOT $3 AND (page.part IS NULL OR page.part = 'lent')";
const LENT_TO = "a.id IN (SELECT agent_id FROM grants WHERE person_id = $2 AND revoked_at IS NULL AND expires_at > $1)";
const ANSWERS_FOR = "$2 IN (a.owner_id, a.second_owner_id, a.sponsor_id)";

const SCOPES: Readonly<Record<DirectoryScope, string>> = {
  related: `${ANSWERS_FOR} OR ${LENT_TO}`,
  mine: ANSWERS_FOR,
  lendable: `a.status = 'active' AND ${OWNER_STATUS} = 'active'`,
  all: "true",
};

const seen = (scope: DirectoryScope) => `
  seen AS (
    SELECT a.id, a.name, a.purpose, a.created_at, o.name AS owner_name, second.name AS second_name, a.sponsor_id,
      CASE WHEN a.owner_id = $2 THEN 'mine' WHEN a.second_owner_id = $2 THEN 'second' WHEN a.sponsor_id = $2 THEN 'sponsored'
        WHEN ${LENT_TO} THEN 'lent' END AS part,
      CASE WHEN ${OWNER_STATUS} <> 'active' THEN 'orphaned' ELSE a.status END AS standing
    FROM agents a JOIN people o ON o.id = a.owner_id LEFT JOIN people second ON second.id = a.second_owner_id
    WHERE ${SCOPES[scope]}),
  working AS (SELECT * FROM (${WORKING}) w WHERE w.agent_id IN (SELECT id FROM seen WHERE standing = 'active'))`;

/** All counts at once: of the parts, of the standings, and what can be filtered by. */
const counts = (scope: DirectoryScope) => `WITH ${seen(scope)}
  SELECT ${PARTS.map((part) => `count(*) FILTER (WHERE part = '${part}')::int AS ${part}`).join(", ")},
    ${STANDINGS.map((standing) => `count(*) FILTER (WHERE standing = '${standing}')::int AS ${standing}`).join(", ")},
    (SELECT coalesce(array_agg(DISTINCT connector ORDER BY connector), '{}') FROM working WHERE $3 OR person_id = $2) AS connectors
  FROM seen`;

/** Who needs somebody comes first; among all, what is paused comes before what works. */
const FIRST = "standing <> 'orphaned'";
const ORDERS: Readonly<Record<DirectoryScope, string>> = {
  related: FIRST,
  mine: FIRST,
  lendable: FIRST,
  all: `${FIRST}, standing <> 'paused'`,
};

/** The last use is read for the agents of the page alone, from the end of the ledger's index. */
const page = (scope: DirectoryScope) => `WITH ${seen(scope)},
  kept AS MATERIALIZED (
    SELECT * FROM seen WHERE ($4::text IS NULL OR part = $4) AND ($5::text IS NULL OR standing = $5)
      AND ($6::text IS NULL OR id IN (SELECT agent_id FROM working WHERE connector = $6 AND ($3 OR person_id = $2)))
      AND ($7::text IS NULL OR strpos(lower(concat_ws(E'\n', name, purpose, owner_name, second_name)), lower($7)) > 0)),
  found AS (SELECT count(*)::int AS found FROM kept),
  page AS (SELECT kept.*, found FROM kept CROSS JOIN found ORDER BY ${ORDERS[scope]}, lower(name), id
    LIMIT $8 OFFSET (SELECT least(($9::int - 1) * $8::int, greatest(found - 1, 0) / $8::int * $8::int) FROM found)),
  can AS (
    SELECT agent_id, jsonb_agg(jsonb_build_object('connector', connector, 'access', access) ORDER BY connector) FILTER (WHERE seen) AS can,
      sum(others)::int AS others
    FROM (
      SELECT agent_id, connector, bool_or($3 OR person_id = $2) AS seen, count(*) FILTER (WHERE NOT ($3 OR person_id = $2)) AS others,
        CASE WHEN bool_or(access = 'admin' AND ($3 OR person_id = $2)) THEN 'admin'
          WHEN bool_or(access = 'write' AND ($3 OR person_id = $2)) THEN 'write' ELSE 'read' END AS access
      FROM working WHERE agent_id IN (SELECT id FROM page) GROUP BY agent_id, connector) each
    GROUP BY agent_id)
  SELECT page.id, page.name, page.purpose, page.part, page.standing, page.owner_name AS "ownerName", page.second_name AS "secondOwnerName",
    page.created_at AS "createdAt", page.found, coalesce(can.can, '[]') AS "canDo",
    CASE WHEN ${OUTSIDE} THEN NULL ELSE sponsor.name END AS "sponsorName",
    CASE WHEN ${OUTSIDE} THEN 0 ELSE coalesce(can.others, 0) END AS "othersGrants",
    CASE WHEN ${OUTSIDE} THEN NULL ELSE used.at END AS "lastUsedAt"
  FROM page LEFT JOIN can ON can.agent_id = page.id LEFT JOIN people sponsor ON sponsor.id = page.sponsor_id
  LEFT JOIN LATERAL (
    SELECT at FROM activity WHERE agent_id = page.id AND kind = 'use' AND decision = 'allowed' ORDER BY at DESC, id DESC LIMIT 1) used ON true
  ORDER BY ${ORDERS[scope]}, lower(page.name), page.id`;

type Counts = Record<Part | AgentStanding, number> & { readonly connectors: string[] };
type Row = DirectoryEntry & { readonly found: number };

/**
 * Agents, a page of them: those that somebody has to do with (owns, sponsors, or lent to), or of another scope. Orphans first, then by name; two
 * statements, however many there are.
 */
export async function listDirectory(ctx: PersonCtx, input: DirectoryFilter = {}): Promise<Directory> {
  const { scope, part, standing, connector, text, limit, page: asked } = directoryFilter.parse(input);
  if (scope === "all") requireRole(ctx.actor, "admin", "auditor");
  const about = [ctx.clock.now(), ctx.actor.personId, ctx.actor.role !== "member"];
  const by = [part ?? null, standing ?? null, connector ?? null, text ?? null, limit, asked];
  const [[counted], rows] = await Promise.all([
    preparedRead<Counts>(ctx.db, `directory_counts_${scope}`, counts(scope), about),
    preparedRead<Row>(ctx.db, `directory_page_${scope}`, page(scope), [...about, ...by]),
  ]);
  const number = (name: Part | AgentStanding) => counted?.[name] ?? 0;
  const found = rows[0]?.found ?? 0;
  const pages = Math.max(1, Math.ceil(found / limit));
  return {
    agents: rows.map(({ found: _found, ...agent }) => agent),
    found,
    page: Math.min(asked, pages),
    pages,
    counts: { mine: number("mine"), second: number("second"), lent: number("lent"), sponsored: number("sponsored") },
    standings: { active: number("active"), paused: number("paused"), orphaned: number("orphaned") },
    connectors: counted?.connectors ?? [],
  };
}
