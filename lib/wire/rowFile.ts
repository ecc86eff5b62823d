import { z } from "zod";
import type { Core } from "../ctx";
import { toSnake } from "./names";

export const rowFormat = z.enum(["csv", "ndjson"], { error: "Choose csv or ndjson." }).default("ndjson");
export type RowFormat = z.output<typeof rowFormat>;

/** What the answers are, for those who read of them. */
export const ROW_MEDIA = ["application/x-ndjson", "text/csv"] as const;

type Cell = string | number | boolean | Date | null;
/** A column of a table: new ones come at the end, so that whoever counts columns counts on. */
export type Column<Row> = readonly [name: string, read: (row: Row) => Cell];

interface RowFile<Row> {
  /** "grants": the file is called after it. */
  readonly name: string;
  readonly format: RowFormat;
  readonly columns: readonly Column<Row>[];
  readonly pages: AsyncGenerator<readonly Row[]>;
}

/**
 * Rows as a file that is written while they are read, a page at a time: none is held, and whoever stops reading stops it.
 * CSV has the columns (RFC 4180, instants in UTC); NDJSON has each row whole, as the REST API spells it.
 */
export async function rowFile<Row>({ clock }: Pick<Core, "clock">, { name, format, columns, pages }: RowFile<Row>): Promise<Response> {
  const { type, head, line } = format === "csv" ? csv(columns) : NDJSON;
  const encoder = new TextEncoder();
  // The first page is read before anything is answered: what is refused is refused with a status.
  let first: IteratorResult<readonly Row[]> | undefined = await pages.next();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const before = first ? head : "";
        const { done, value } = first ?? (await pages.next());
        first = undefined;
        if (done) controller.close();
        else controller.enqueue(encoder.encode(before + value.map(line).join("")));
      },
      async cancel() {
        await pages.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  const day = clock.now().toISOString().slice(0, 10);
  return new Response(body, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="valet-${name}-${day}.${format}"`,
      "cache-control": "no-store",
    },
  });
}

interface Writer<Row> {
  readonly type: string;
  readonly head: string;
  readonly line: (row: Row) => string;
}

const NDJSON: Writer<unknown> = { type: "application/x-ndjson", head: "", line: (row) => `${JSON.stringify(toSnake(row))}\n` };

function csv<Row>(columns: readonly Column<Row>[]): Writer<Row> {
  return {
    type: "text/csv; charset=utf-8; header=present",
    head: csvLine(columns.map(([name]) => name)),
    line: (row) => csvLine(columns.map(([, read]) => read(row))),
  };
}

function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** RFC 4180. A cell that a spreadsheet would take for a formula is made a text: names come from people. */
function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (cell instanceof Date) return cell.toISOString();
  const text = typeof cell === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
