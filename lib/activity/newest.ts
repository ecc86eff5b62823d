import { freshRead, type ReadDb } from "../db";
import type { Prisma } from "../generated/prisma/client";
import { asking, type Counting, cellsSql, countingOf } from "./countBars";
import { whereSql } from "./whereSql";

type Where = Prisma.ActivityWhereInput;

/** A row's place in the order of the ledger. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

/** Of a condition with more ways than these, each by an index of its own, nothing is gained. */
const WAYS_MAX = 12;
/** So many rows are looked through before cells are asked where to look. */
const LOOKED_THROUGH = 2_000;

interface Sought {
  /** Says nothing of time. */
  readonly where: Where;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  /** Only rows that come after it. */
  readonly after: Place | null;
  readonly limit: number;
  /** Whether the condition may fit seldom where no index helps: then cells know in which spans of time. */
  readonly seldom: boolean;
  /** What of the condition indexes know. */
  readonly known: Where;
}

/** The places of the newest rows that fit, newest first. */
export async function newestPlaces(db: ReadDb, sought: Sought, lookedThrough = LOOKED_THROUGH): Promise<Place[]> {
  const counting = sought.seldom ? await countingOf(db, sought.where) : null;
  if (!counting) return (await everyWay(db, sought)) as Place[];
  return (await amongNewest(db, sought, lookedThrough)) ?? (await byCells(counting, sought)) ?? (await everyWay(db, sought));
}

/**
 * Conditions of which at least one holds where the whole does, none of them with an `OR` at its outside: "mine, or on my authority" is read from the ends of two
 * indexes and put together, and never all of it sorted. A condition over other columns than the visible ones stays as it is.
 */
export function waysOf(where: Where): Where[] {
  let ways: Where[] = [{}];
  for (const [name, value] of Object.entries(where)) {
    const parts =
      name === "OR"
        ? [(value as Where[]).flatMap(waysOf)]
        : name === "AND"
          ? (value as Where[]).map(waysOf)
          : [[{ [name]: value } as Where]];
    for (const part of parts) ways = ways.flatMap((way) => part.map((more) => ({ AND: [way, more] })));
  }
  return ways.length > WAYS_MAX ? [where] : ways;
}

/**
 * Until when so many of the newest rows reach that a condition lets through, about: a text is looked for in them alone, since no index knows it. Null where there are
 * fewer, or nobody counted them.
 */
export async function reachOf(db: ReadDb, where: Where, until: Date, rowsMax: number): Promise<Date | null> {
  const counting = await countingOf(db, where);
  if (!counting) return null;
  const seconds = counting.cells.seconds.filter((width) => width >= 3600).at(-1) as number;
  const ask = asking();
  const text = `with counted as ${allFirst(counting)} (select slot, sum(rows) as rows from activity_counts
      where ${cellsSql(counting, seconds, ask.values)} and slot >= ${ask.put(counting.rolled.keptFrom)} and slot < ${ask.put(until)} group by slot)
    select slot from (select slot, sum(rows) over (order by slot desc) as newer from counted) summed
    where newer >= ${ask.put(rowsMax)} order by slot desc limit 1`;
  const [found] = await freshRead<{ slot: Date }>(db, text, ask.values);
  return found?.slot ?? null;
}

/** Everybody's cells are read from the newest until there are enough; somebody's own are found by their indexes first, all of them. */
function allFirst({ cells }: Counting): string {
  return cells.name === "services" ? "not materialized" : "materialized";
}

type Asking = ReturnType<typeof asking>;

/** The span of time that is sought in, and the place it begins after. */
function bounds({ from, to, after }: Sought, { put }: Asking): string {
  const parts = [
    ...(from ? [`at >= ${put(from)}`] : []),
    ...(to ? [`at < ${put(to)}`] : []),
    // The second is for the index, the first for choosing partitions.
    ...(after ? [`at <= ${put(after.at)} and (at, id) < (${put(after.at)}::timestamptz, ${put(after.id)})`] : []),
  ];
  return parts.length === 0 ? "true" : parts.join(" and ");
}

const ORDER = "order by at desc, id desc";

/** Each way from the newest end of its own index. */
async function everyWay(db: ReadDb, sought: Sought): Promise<Place[]> {
  const ask = asking();
  const [limit, where] = [ask.put(sought.limit), bounds(sought, ask)];
  const ways = waysOf(sought.where).map(
    (way) => `(select at, id from activity where ${whereSql(way, ask.values)} and ${where} ${ORDER} limit ${limit}::int)`,
  );
  const text =
    ways.length === 1 ? (ways[0] as string) : `select distinct at, id from (${ways.join(" union all ")}) ways ${ORDER} limit ${limit}::int`;
  return freshRead<Place & Record<string, unknown>>(db, text, ask.values);
}

/** Of the newest rows of each way that indexes know, as far back as all of them reach. Null where too few fit. */
async function amongNewest(db: ReadDb, sought: Sought, lookedThrough: number): Promise<Place[] | null> {
  const ask = asking();
  const [limits, fits] = [bounds(sought, ask), whereSql(sought.where, ask.values)];
  const ways = waysOf(sought.known).map((way, index) => ({
    name: `way_${index}`,
    text: `select * from activity where ${whereSql(way, ask.values)} and ${limits} ${ORDER} limit ${lookedThrough}`,
  }));
  const each = (pick: (name: string) => string) => ways.map(({ name }) => pick(name)).join(" union all ");
  const text = `with ${ways.map((way) => `${way.name} as materialized (${way.text})`).join(", ")},
    reach as (select max(until) as until from (${each((name) => `select case when count(*) = ${lookedThrough} then min(at) end as until from ${name}`)}) ends)
    select distinct at, id from (${each((name) => `select at, id from ${name} where ${fits}`)}) newest
    where at > coalesce((select until from reach), '-infinity') ${ORDER} limit ${ask.put(sought.limit)}::int`;
  const found = await freshRead<Place & Record<string, unknown>>(db, text, ask.values);
  return found.length === sought.limit ? found : null;
}

/**
 * Cells tell in which spans of time rows fit: the newest spans are read that have enough of them, and the rows that are in no cell yet. Null where cells were
 * thrown away meanwhile.
 */
async function byCells(counting: Counting, sought: Sought): Promise<Place[] | null> {
  const { cells, rolled, where } = counting;
  const seconds = cells.seconds.at(-1) as number;
  const [ask, { from, to, after, limit }] = [asking(), sought];
  const width = `interval '${seconds} seconds'`;
  const within = [
    ...[`slot >= ${ask.put(rolled.keptFrom)}`, ...(from ? [`slot > ${ask.put(from)}::timestamptz - ${width}`] : [])],
    ...[...(to ? [`slot < ${ask.put(to)}`] : []), ...(after ? [`slot <= ${ask.put(after.at)}`] : [])],
  ];
  // Of a span in which the page begins, some rows may be before it: such a span is read, and none of its rows relied upon.
  const until = [to, after?.at].flatMap((one) => (one ? [`slot + ${width} <= ${ask.put(one)}`] : []));
  const [rows, bound, most] = [whereSql(where, ask.values), bounds(sought, ask), `${ask.put(limit)}::int`];
  const text = `with fitting as ${allFirst(counting)} (
      select slot, case when ${until.join(" and ") || "true"} then sum(rows) else 0 end as sure
      from activity_counts where ${cellsSql(counting, seconds, ask.values)} and ${within.join(" and ")} group by slot),
    slots as materialized (
      select slot from (select slot, sum(sure) over (order by slot desc) - sure as newer
        from (select * from fitting order by slot desc limit ${most} + 2) newest) counted
      where newer < ${most})
    select r.seq, p.at, p.id from activity_rolled r left join (select distinct at, id from (
        (select a.at, a.id from slots cross join lateral (select at, id from activity
          where at >= slots.slot and at < slots.slot + ${width} and ${rows} and ${bound} ${ORDER} limit ${most}) a)
        union all (select at, id from activity where seq > ${ask.put(rolled.seq)} and ${rows} and ${bound} ${ORDER} limit ${most})) places
      ${ORDER} limit ${most}) p on true order by p.at desc, p.id desc`;
  const found = await freshRead<Place & { seq: string }>(counting.db, text, ask.values);
  if (BigInt(found[0]?.seq ?? 0) < BigInt(rolled.seq)) return null;
  return found.filter(({ id }) => id !== null).map(({ at, id }) => ({ at, id }));
}
