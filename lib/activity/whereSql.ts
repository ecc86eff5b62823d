import type { Prisma } from "../generated/prisma/client";

type Where = Prisma.ActivityWhereInput;

/** A table that is asked by conditions over activity. */
export interface Table {
  /** What a condition may be about, and how its column is called. */
  readonly columns: Partial<Record<keyof Where, string>>;
  /** What may be asked for being null alone. */
  readonly nulls: Partial<Record<keyof Where, string>>;
  /** How a null is written there. */
  readonly isNull: "is null" | "= ''";
  readonly isNotNull: "is not null" | "<> ''";
}

const COLUMNS = {
  id: "id",
  at: "at",
  kind: "kind",
  event: "event",
  acting: "acting",
  personId: "person_id",
  agentId: "agent_id",
  ownerId: "owner_id",
  grantId: "grant_id",
  connectionId: "connection_id",
  connector: "connector",
  target: "target",
  decision: "decision",
  pattern: "pattern",
  runIdClaimed: "run_id_claimed",
  runIdVerified: "run_id_verified",
} as const;

/** The rows themselves. */
const ROWS: Table = { columns: COLUMNS, nulls: {}, isNull: "is null", isNotNull: "is not null" };

/** A condition that a table cannot be asked by. */
export class NotAsked extends Error {}

/**
 * The same condition as SQL over `activity`, for what Prisma cannot count: who may see which rows is said once, and not again in SQL.
 * Values go into `values`, never into the text. Throws for anything that it does not know, so that nothing is left out in silence.
 */
export function whereSql(where: Where, values: unknown[], table = ROWS): string {
  const parts = Object.entries(where)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => partSql(name as keyof Where, value, values, table));
  return parts.length === 0 ? "true" : `(${parts.join(" and ")})`;
}

function partSql(name: keyof Where, value: unknown, values: unknown[], table: Table): string {
  if (name === "AND" || name === "OR") {
    const parts = (value as Where[]).map((one) => whereSql(one, values, table));
    if (parts.length === 0) return name === "AND" ? "true" : "false";
    return `(${parts.join(name === "AND" ? " and " : " or ")})`;
  }
  const column = table.columns[name] ?? (value === null ? table.nulls[name] : undefined);
  if (!column) throw new NotAsked(`There is no column ${name} to ask by.`);
  if (value === null) return `${column} ${table.isNull}`;
  if (typeof value === "string" || value instanceof Date) return `${column} = ${put(value, values)}`;
  return Object.entries(value as object)
    .map(([operator, operand]) => operatorSql(column, operator, operand, values, table))
    .join(" and ");
}

function operatorSql(column: string, operator: string, operand: unknown, values: unknown[], table: Table): string {
  switch (operator) {
    case "in":
      return `${column} = any(${put(operand, values)})`;
    case "gte":
      return `${column} >= ${put(operand, values)}`;
    case "lt":
      return `${column} < ${put(operand, values)}`;
    case "contains":
      return `${column} ilike ${put(`%${operand}%`, values)}`;
    case "mode":
      if (operand === "insensitive") return "true";
      break;
    case "not":
      if (operand === null) return `${column} ${table.isNotNull}`;
  }
  throw new NotAsked(`whereSql knows no ${operator} like this.`);
}

function put(value: unknown, values: unknown[]): string {
  return `$${values.push(value)}`;
}
