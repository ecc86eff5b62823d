import type { Prisma } from "../generated/prisma/client";
import { NotAsked, type Table, whereSql } from "./whereSql";

type Where = Prisma.ActivityWhereInput;

/** A Monday: weeks of cells and of bars begin on one, and shorter spans at their own round moments. */
export const ORIGIN = Date.parse("1970-01-05T00:00:00Z");
export const ORIGIN_SQL = `'${new Date(ORIGIN).toISOString()}'::timestamptz`;

const [HOUR, DAY] = [3600, 86_400];

const EVENT = { kind: "kind", event: "event", acting: "acting", decision: "decision" } as const;
const EMPTY = { isNull: "= ''", isNotNull: "<> ''" } as const;

/** A kind of cells in `activity_counts`: what it tells rows apart by, and its widths of time in seconds, widest first. */
export interface Cells {
  readonly name: "services" | "hands";
  readonly seconds: readonly number[];
  readonly table: Table;
  /** Each column of a cell over the rows. What is not told apart is empty; of some it is told whether they are there. */
  readonly columns: Readonly<Record<string, string>>;
}

const APART = (column: string) => `coalesce(${column}, '')`;
const THERE = (column: string) => `case when ${column} is null then '' else '*' end`;

/** Everybody's, by what was done where. */
const SERVICES: Cells = {
  name: "services",
  seconds: [7 * DAY, DAY, 6 * HOUR, HOUR, 600],
  table: { columns: { ...EVENT, connector: "connector", pattern: "pattern" }, nulls: {}, ...EMPTY },
  columns: {
    ...{ agent_id: "''", ...EVENT, person_id: "''", owner_id: "''", grant_id: "''", connection_id: "''" },
    ...{ connector: APART("connector"), pattern: APART("pattern") },
  },
};

/** By who may see them: what `visibleTo` asks, they can be asked. Shorter than six hours there would be hardly less of them than of rows. */
const HANDS: Cells = {
  name: "hands",
  seconds: [7 * DAY, DAY, 6 * HOUR],
  table: {
    columns: { ...EVENT, personId: "person_id", agentId: "agent_id", ownerId: "owner_id" },
    nulls: { grantId: "grant_id", connectionId: "connection_id", connector: "connector" },
    ...EMPTY,
  },
  columns: {
    ...{ agent_id: APART("agent_id"), ...EVENT, person_id: APART("person_id"), owner_id: APART("owner_id") },
    ...{ grant_id: THERE("grant_id"), connection_id: THERE("connection_id"), connector: THERE("connector"), pattern: "''" },
  },
};

export const CELLS: readonly Cells[] = [SERVICES, HANDS];

/**
 * The cells that a condition can be counted from. Null when only the rows know: a text, a run, one grant or one connection, and
 * an agent or a person together with a service.
 */
export function cellsFor(where: Where): Cells | null {
  return CELLS.find((cells) => canBeAsked(cells, where)) ?? null;
}

function canBeAsked({ table }: Cells, where: Where): boolean {
  try {
    whereSql(where, [], table);
    return true;
  } catch (error) {
    if (error instanceof NotAsked) return false;
    throw error;
  }
}
