import { freshRead, type ReadDb } from "../db";
import type { Prisma } from "../generated/prisma/client";
import { type Cells, cellsFor, ORIGIN, ORIGIN_SQL } from "./counts";
import { type Rolled, readRolled } from "./rollUp";
import { whereSql } from "./whereSql";

/** A condition that cells can be asked by, and how far they go at this moment. */
export interface Counting {
  readonly db: ReadDb;
  readonly cells: Cells;
  readonly rolled: Rolled;
  /** Says nothing of time. */
  readonly where: Prisma.ActivityWhereInput;
}

/** Rows of one bar and hand. */
export interface Bar {
  readonly bar: Date;
  readonly hand: number;
  readonly count: number;
}

/** Whose hand a row was in; what was refused is not counted as anybody's. */
export const HAND_SQL = "case when decision = 'refused' then 3 when acting = 'person' then 0 when acting = 'agent' then 1 else 2 end";

/** Null where only rows can tell. */
export async function countingOf(db: ReadDb, where: Prisma.ActivityWhereInput): Promise<Counting | null> {
  const cells = cellsFor(where);
  return cells && { db, cells, rolled: await readRolled(db), where };
}

/** A condition put together with its values. */
export function asking() {
  const values: unknown[] = [];
  const put = (value: unknown) => `$${values.push(value)}`;
  const within = (column: string, [from, to]: Piece) => `${column} >= ${put(new Date(from))} and ${column} < ${put(new Date(to))}`;
  return { values, put, within };
}

/** The cells of one width that fit. */
export function cellsSql({ cells, where }: Counting, seconds: number, values: unknown[]): string {
  return `cells = '${cells.name}' and seconds = ${seconds} and ${whereSql(where, values, cells.table)}`;
}

/** The first of all rows that fit (from `from` on), and the last of those from `end` on: null where there is none. */
export async function readSpan(
  counting: Counting,
  { from, end }: { readonly from: Date | undefined; readonly end: Date },
): Promise<{ readonly first: Date | null; readonly last: Date | null }> {
  const { db, rolled, where } = counting;
  const { values, put } = asking();
  const rows = whereSql(where, values);
  const text = `select (select min(at) from activity where ${rows} and seq > ${put(rolled.seq)}) as first,
    (select max(at) from activity where ${rows} and at >= ${put(end)}) as last`;
  const [beside] = await freshRead<{ first: Date | null; last: Date | null }>(db, text, values);
  const counted = from ? null : await firstCounted(counting);
  const firsts = [beside?.first, counted].filter((one) => one instanceof Date).map((one) => one.getTime());
  return { first: firsts.length > 0 ? new Date(Math.min(...firsts)) : null, last: beside?.last ?? null };
}

/** Later than any row. */
const LATEST = Date.parse("9999-01-01T00:00:00Z");

/** By the first week, its first day, and so on: none of them is long to look through. */
async function firstCounted(counting: Counting): Promise<Date | null> {
  const { db, cells, rolled, where } = counting;
  let [from, to]: [number, number] = [rolled.keptFrom.getTime(), LATEST];
  for (const [index, seconds] of cells.seconds.entries()) {
    const step = seconds * 1000;
    // A week may have begun before what is kept: its rest is told by days.
    const whole = index === 0 ? ceil(from, step) : from;
    const [slot, early] = await Promise.all([
      firstSlot(counting, seconds, whole, to),
      whole > from ? firstSlot(counting, cells.seconds[1] as number, from, whole) : null,
    ]);
    const found = early ?? slot;
    if (!found) return null;
    [from, to] = [found.getTime(), found.getTime() + (early ? (cells.seconds[1] as number) * 1000 : step)];
  }
  const { values, within } = asking();
  const text = `select min(at) as first from activity where ${whereSql(where, values)} and ${within("at", [from, to])}`;
  const [row] = await freshRead<{ first: Date | null }>(db, text, values);
  return row?.first ?? null;
}

async function firstSlot(counting: Counting, seconds: number, from: number, to: number): Promise<Date | null> {
  const { values, within } = asking();
  const text = `select slot from activity_counts where ${cellsSql(counting, seconds, values)} and ${within("slot", [from, to])} order by slot limit 1`;
  const [row] = await freshRead<{ slot: Date }>(counting.db, text, values);
  return row?.slot ?? null;
}

interface Wanted {
  readonly begins: Date;
  readonly ends: Date;
  readonly barSeconds: number;
  readonly rowsMax: number;
}

/**
 * The rows from `begins` to `ends` by bar and hand, in one reading: cells as wide as fit, narrower ones and single rows at both ends, and the rows that are in
 * no cell yet. Null where no cell is as narrow as a bar, or more rows than `rowsMax` are beside them; `moved` where rows went into cells since `counting`.
 */
export async function countBars(counting: Counting, wanted: Wanted): Promise<Bar[] | null | "moved"> {
  const { db, cells, rolled, where } = counting;
  const { barSeconds, rowsMax } = wanted;
  const [begins, ends] = [Math.max(wanted.begins.getTime(), rolled.keptFrom.getTime()), wanted.ends.getTime()];
  const widths = cells.seconds.filter((seconds) => barSeconds % seconds === 0);
  if (widths.length === 0) return null;
  const { values, put, within } = asking();
  const [rows, seq] = [whereSql(where, values), put(rolled.seq)];
  const { whole, rest } = pieces([begins, ends], widths);
  const counted = whole.map(
    ({ seconds, span }) => `select slot as at, ${HAND_SQL} as hand, rows, 0 as beside from activity_counts
      where ${cellsSql(counting, seconds, values)} and ${within("slot", span)}`,
  );
  const single = [
    `select at, acting, decision from activity where ${rows} and seq > ${seq} and ${within("at", [begins, ends])}`,
    ...rest.map((span) => `select at, acting, decision from activity where ${rows} and seq <= ${seq} and ${within("at", span)}`),
  ];
  const beside = `select at, ${HAND_SQL} as hand, 1 as rows, 1 as beside from (${single.map((one) => `(${one})`).join(" union all ")}
    limit ${put(rowsMax + 1)}::int) seen`;
  const text = `select r.seq, b.* from activity_rolled r left join (
      select date_bin(${put(barSeconds)}::float8 * interval '1 second', at, ${ORIGIN_SQL}) as bar, hand, sum(rows)::int as count, sum(beside)::int as beside
      from (${[...counted, beside].join(" union all ")}) every group by 1, 2) b on true`;
  const found = await freshRead<Bar & { seq: string; beside: number | null }>(db, text, values);
  if (found[0]?.seq !== rolled.seq) return "moved";
  const bars = found.filter(({ bar }) => bar !== null);
  return bars.reduce((sum, { beside: more }) => sum + (more ?? 0), 0) > rowsMax ? null : bars;
}

type Piece = readonly [from: number, to: number];

interface Pieces {
  readonly whole: readonly { readonly seconds: number; readonly span: Piece }[];
  readonly rest: readonly Piece[];
}

/** A span of time as whole cells, the widest first, and what no cell fits into. */
export function pieces([from, to]: Piece, [seconds, ...narrower]: readonly number[]): Pieces {
  if (from >= to) return { whole: [], rest: [] };
  if (seconds === undefined) return { whole: [], rest: [[from, to]] };
  const [first, last] = [ceil(from, seconds * 1000), floor(to, seconds * 1000)];
  if (first >= last) return pieces([from, to], narrower);
  const [before, after] = [pieces([from, first], narrower), pieces([last, to], narrower)];
  return {
    whole: [...before.whole, { seconds, span: [first, last] }, ...after.whole],
    rest: [...before.rest, ...after.rest],
  };
}

function floor(moment: number, step: number): number {
  return Math.floor((moment - ORIGIN) / step) * step + ORIGIN;
}

function ceil(moment: number, step: number): number {
  return Math.ceil((moment - ORIGIN) / step) * step + ORIGIN;
}
