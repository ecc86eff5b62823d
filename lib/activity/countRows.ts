import { freshRead, type ReadDb } from "../db";
import type { Prisma } from "../generated/prisma/client";
import { asking, type Counting, cellsSql, countingOf, pieces } from "./countBars";
import { whereSql } from "./whereSql";

type Where = Prisma.ActivityWhereInput;

/** A span of time: from its first moment to before its last. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** How many rows of a span fit, by cells where they can tell. The condition says nothing of time. */
export async function countRows(db: ReadDb, where: Where, span: Span): Promise<number> {
  return (await tally(db, where, span, "''")).get("") ?? 0;
}

/** The same by agent, of those that have any. */
export function countByAgent(db: ReadDb, where: Where, span: Span): Promise<ReadonlyMap<string, number>> {
  return tally(db, { AND: [where, { agentId: { not: null } }] }, span, "agent_id");
}

/** Rows go into cells now and then, while others are counted: then it is counted again, and from rows alone in the end. */
const TRIES = 3;

interface Every {
  readonly text: string;
  readonly values: unknown[];
}

async function tally(db: ReadDb, where: Where, span: Span, key: "''" | "agent_id"): Promise<ReadonlyMap<string, number>> {
  for (let tries = 0; ; tries += 1) {
    const counting = tries < TRIES ? await countingOf(db, where) : null;
    const every = counting ? cellsAndRows(counting, span, key) : rowsAlone(where, span, key);
    const text = `select r.seq, t.* from activity_rolled r left join (
      select key, sum(rows)::int as rows from (${every.text}) every group by key) t on true`;
    const found = await freshRead<{ seq: string; key: string | null; rows: number }>(db, text, every.values);
    if (counting && found[0]?.seq !== counting.rolled.seq) continue;
    return new Map(found.flatMap(({ key: one, rows }) => (one === null ? [] : [[one, rows]])));
  }
}

function rowsAlone(where: Where, { from, to }: Span, key: string): Every {
  const { values, within } = asking();
  const rows = `${whereSql(where, values)} and ${within("at", [from.getTime(), to.getTime()])}`;
  return { text: `select ${key} as key, 1 as rows from activity where ${rows}`, values };
}

/** Whole cells, the widest that fit; the rows at both ends, and those that are in no cell yet. */
function cellsAndRows(counting: Counting, { from, to }: Span, key: string): Every {
  const { cells, rolled, where } = counting;
  const [begins, ends] = [Math.max(from.getTime(), rolled.keptFrom.getTime()), to.getTime()];
  const { values, put, within } = asking();
  const [rows, seq] = [whereSql(where, values), put(rolled.seq)];
  const { whole, rest } = pieces([begins, ends], cells.seconds);
  const counted = whole.map(
    ({ seconds, span }) =>
      `select ${key} as key, rows from activity_counts where ${cellsSql(counting, seconds, values)} and ${within("slot", span)}`,
  );
  const single = (which: string) => `select ${key} as key, 1 as rows from activity where ${rows} and ${which}`;
  const beside = [
    single(`seq > ${seq} and ${within("at", [begins, ends])}`),
    ...rest.map((span) => single(`seq <= ${seq} and ${within("at", span)}`)),
  ];
  return { text: [...counted, ...beside].join(" union all "), values };
}
