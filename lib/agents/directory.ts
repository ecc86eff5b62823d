import { grantStands, LENDING_GOES_ON, OWNER_STATUS } from "../activity/stands";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";

/** What somebody is to an agent: `lent` answers for nothing, and lent it something that has not ended. */
export type Part = "mine" | "second" | "lent" | "sponsored";
export const PARTS = ["mine", "second", "lent", "sponsored"] as const satisfies readonly Part[];

export const STANDINGS = ["active", "paused", "orphaned"] as const;
export type AgentStanding = (typeof STANDINGS)[number];

export interface DirectoryFilter {
  readonly part?: Part | undefined;
  readonly standing?: AgentStanding | undefined;
  /** What it can reach right now, by what the reader may see. */
  readonly connector?: string | undefined;
  /** In its name or its purpose. */
  readonly text?: string | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

export interface CanDo {
  readonly connector: string;
  readonly access: "read" | "write" | "admin";
}

export interface DirectoryEntry {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly part: Part;
  readonly standing: AgentStanding;
  readonly ownerName: string;
  readonly secondOwnerName: string | null;
  /** Null for those who only lent to it, and where it has done nothing yet. */
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
  /** What can be filtered by. */
  readonly connectors: readonly string[];
}

export const PAGE_SIZE = 50;
const TEXT_CHARACTERS_MAX = 100;

/** A grant that gives something, agent aside. */
const WORKING = `
  SELECT g.agent_id, g.connector, g.access, g.person_id FROM grants g
  JOIN people p ON p.id = g.person_id JOIN connections c ON c.id = g.connection_id
  WHERE ${grantStands("$1")} AND ${LENDING_GOES_ON}`;

const SEEN = `
  seen AS (
    SELECT a.id, a.name, a.purpose, o.name AS "ownerName", second.name AS "secondOwnerName",
      CASE WHEN a.owner_id = $2 THEN 'mine' WHEN a.second_owner_id = $2 THEN 'second' WHEN a.sponsor_id = $2 THEN 'sponsored' ELSE 'lent' END AS part,
      CASE WHEN ${OWNER_STATUS} <> 'active' THEN 'orphaned' ELSE a.status END AS standing
    FROM agents a JOIN people o ON o.id = a.owner_id LEFT JOIN people second ON second.id = a.second_owner_id
    WHERE $2 IN (a.owner_id, a.second_owner_id, a.sponsor_id)
      OR a.id IN (SELECT agent_id FROM grants WHERE person_id = $2 AND revoked_at IS NULL AND expires_at > $1)),
  working AS (SELECT * FROM (${WORKING}) w WHERE w.agent_id IN (SELECT id FROM seen WHERE standing = 'active'))`;

/** All counts at once: of the parts, and what can be filtered by. */
const COUNTS = `WITH ${SEEN}
  SELECT count(*) FILTER (WHERE part = 'mine')::int AS mine, count(*) FILTER (WHERE part = 'second')::int AS second,
    count(*) FILTER (WHERE part = 'lent')::int AS lent, count(*) FILTER (WHERE part = 'sponsored')::int AS sponsored,
    (SELECT coalesce(array_agg(DISTINCT connector ORDER BY connector), '{}') FROM working WHERE $3 OR person_id = $2) AS connectors
  FROM seen`;

const PAGE = `WITH ${SEEN},
  kept AS (
    SELECT * FROM seen WHERE ($4::text IS NULL OR part = $4) AND ($5::text IS NULL OR standing = $5)
      AND ($6::text IS NULL OR id IN (SELECT agent_id FROM working WHERE connector = $6 AND ($3 OR person_id = $2)))
      AND ($7::text IS NULL OR strpos(lower(name || ' ' || purpose), lower($7)) > 0)),
  page AS (SELECT *, count(*) OVER ()::int AS found FROM kept ORDER BY standing <> 'orphaned', lower(name), id LIMIT ${PAGE_SIZE} OFFSET $8),
  can AS (
    SELECT agent_id, jsonb_agg(jsonb_build_object('connector', connector, 'access', access) ORDER BY connector) FILTER (WHERE seen) AS can,
      sum(others)::int AS others
    FROM (
      SELECT agent_id, connector, bool_or($3 OR person_id = $2) AS seen, count(*) FILTER (WHERE NOT ($3 OR person_id = $2)) AS others,
        CASE WHEN bool_or(access = 'admin' AND ($3 OR person_id = $2)) THEN 'admin'
          WHEN bool_or(access = 'write' AND ($3 OR person_id = $2)) THEN 'write' ELSE 'read' END AS access
      FROM working WHERE agent_id IN (SELECT id FROM page) GROUP BY agent_id, connector) each
    GROUP BY agent_id)
  SELECT page.*, coalesce(can.can, '[]') AS "canDo", CASE WHEN page.part = 'lent' THEN 0 ELSE coalesce(can.others, 0) END AS "othersGrants",
    CASE WHEN page.part = 'lent' AND NOT $3 THEN NULL ELSE used.at END AS "lastUsedAt"
  FROM page LEFT JOIN can ON can.agent_id = page.id
  LEFT JOIN LATERAL (
    SELECT at FROM activity WHERE agent_id = page.id AND kind = 'use' AND decision = 'allowed' ORDER BY at DESC, id DESC LIMIT 1) used ON true
  ORDER BY page.standing <> 'orphaned', lower(page.name), page.id`;

type Counts = Record<Part, number> & { readonly connectors: string[] };
type Row = DirectoryEntry & { readonly found: number };

/** The agents that somebody has to do with: owns, sponsors, or lent to. Orphans first, then by name; two statements, however many there are. */
export async function listDirectory(ctx: PersonCtx, filter: DirectoryFilter = {}): Promise<Directory> {
  const everyone = ctx.actor.role !== "member";
  const about = [ctx.clock.now(), ctx.actor.personId, everyone];
  const asked = Math.min(Math.max(Math.trunc(filter.page ?? 1) || 1, 1), 1000);
  const text = filter.text?.trim().slice(0, TEXT_CHARACTERS_MAX) || null;
  const by = [filter.part ?? null, filter.standing ?? null, filter.connector ?? null, text, (asked - 1) * PAGE_SIZE];
  const [[counts], rows] = await Promise.all([
    preparedRead<Counts>(ctx.db, "directory_counts", COUNTS, about),
    preparedRead<Row>(ctx.db, "directory_page", PAGE, [...about, ...by]),
  ]);
  const { connectors = [], mine = 0, second = 0, lent = 0, sponsored = 0 } = counts ?? {};
  const found = rows[0]?.found ?? 0;
  return {
    agents: rows.map(({ found: _found, ...agent }) => agent),
    found,
    page: asked,
    pages: Math.max(1, Math.ceil(found / PAGE_SIZE)),
    counts: { mine, second, lent, sponsored },
    connectors,
  };
}
