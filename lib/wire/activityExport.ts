import { changedIn } from "../activity/changed";
import { type ExportInput, exportActivity, exportInput } from "../activity/export";
import type { ActivityView } from "../activity/list";
import type { PersonCtx } from "../ctx";
import { toSnake } from "./names";

type Format = NonNullable<ExportInput["format"]>;

/** An export as an answer that is written while it is read. */
export async function exportAnswer(ctx: PersonCtx, input: ExportInput): Promise<Response> {
  const { format } = exportInput.parse(input);
  const pages = exportActivity(ctx, input);
  const { type, head, line } = FORMATS[format];
  const encoder = new TextEncoder();
  // The first page is read before anything is answered: what is refused is refused with a status.
  let first: IteratorResult<readonly ActivityView[]> | undefined = await pages.next();
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
  const day = ctx.clock.now().toISOString().slice(0, 10);
  return new Response(body, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="valet-activity-${day}.${format}"`,
      "cache-control": "no-store",
    },
  });
}

type Cell = string | number | null;

/** One row a line, for a spreadsheet; the order of columns is kept, new ones come at the end. */
const CSV_COLUMNS: readonly (readonly [name: string, read: (row: ActivityView) => Cell])[] = [
  ["id", (row) => row.id],
  ["at", (row) => row.at.toISOString()],
  ["kind", (row) => row.kind],
  ["event", (row) => row.event],
  ["acting", (row) => row.acting],
  ["person_id", (row) => row.person?.id ?? null],
  ["person", (row) => row.person?.name ?? null],
  ["agent_id", (row) => row.agent?.id ?? null],
  ["agent", (row) => row.agent?.name ?? null],
  ["chain", (row) => row.chain.map(({ kind, name }) => `${kind} ${name}`).join(" > ")],
  ["connector", (row) => row.connector],
  ["connection_id", (row) => row.connectionId],
  ["grant_id", (row) => row.grantId],
  ["target", (row) => row.target],
  ["decision", (row) => row.decision],
  ["reason", (row) => row.reason],
  ["reason_text", (row) => row.reasonText],
  ["scopes", (row) => row.scopes.join(" ")],
  ["delivery", (row) => row.delivery],
  ["narrowed_by", (row) => row.narrowedBy],
  ["pattern", (row) => row.pattern],
  ["run_id", (row) => row.runId],
  ["trace_id", (row) => row.traceId],
  ["request_id", (row) => row.requestId],
  ["token_use_id", (row) => row.tokenUseId],
  ["upstream_status", (row) => row.upstreamStatus],
  ["duration_ms", (row) => row.durationMs],
  [
    "changed",
    (row) =>
      changedIn(row)
        .map(({ what, before, after }) => `${what}: ${before ?? "none"} -> ${after ?? "none"}`)
        .join("; "),
  ],
];

function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** RFC 4180. A cell that a spreadsheet would take for a formula is made a text: names come from people. */
function csvCell(cell: Cell): string {
  if (cell === null) return "";
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

interface Writer {
  readonly type: string;
  readonly head: string;
  readonly line: (row: ActivityView) => string;
}

const FORMATS: Record<Format, Writer> = {
  csv: {
    type: "text/csv; charset=utf-8; header=present",
    head: csvLine(CSV_COLUMNS.map(([name]) => name)),
    line: (row) => csvLine(CSV_COLUMNS.map(([, read]) => read(row))),
  },
  ndjson: { type: "application/x-ndjson", head: "", line: (row) => `${JSON.stringify(toSnake(row))}\n` },
};
