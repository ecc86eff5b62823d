import { z } from "zod";
import { activityFilter, listActivity } from "../activity/list";
import { pageRuns, runsInput } from "../activity/readRun";
import { DIRECTORY_PAGE_MAX, directoryFilter, listDirectory } from "../agents/directory";
import { listConnections } from "../connections/list";
import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { grantSearch, searchGrants } from "../grants/page";
import { accessFilter, listAccess } from "../overview/access";
import { listPeople, peopleFilter } from "../people/list";
import * as columns from "./exportColumns";
import { type Operation, operation } from "./rest";
import { type Column, ROW_MEDIA, type RowFormat, rowFile, rowFormat } from "./rowFile";

interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next begins; null on the last. */
  readonly next: string | null;
}

interface List<Filter extends z.ZodType, Row> {
  readonly name: string;
  readonly summary: string;
  /** What the verb can be asked for, but which part of the list. */
  readonly filter: Filter;
  /** The verb of the list's own page: a file holds what its reader may see there, and is refused to whom the page is. */
  readonly page: (ctx: PersonCtx, filter: z.output<Filter>, place: string | undefined) => Promise<Page<Row>>;
  readonly columns: readonly Column<Row>[];
}

/** A list that can be taken as a file, all of it. */
export interface Exported {
  readonly name: string;
  readonly summary: string;
  readonly input: z.ZodObject;
  /** @param input not read yet. */
  readonly answer: (ctx: PersonCtx, input: unknown) => Promise<Response>;
}

function exported<Shape extends z.ZodRawShape, Row>(list: List<z.ZodObject<Shape, z.core.$strict>, Row>): Exported {
  const input = z.strictObject({ ...list.filter.shape, format: rowFormat });
  return {
    name: list.name,
    summary: list.summary,
    input,
    async answer(ctx, given) {
      const { format, ...filter } = input.parse(given) as z.output<typeof list.filter> & { format: RowFormat };
      return await rowFile(ctx, { ...list, format, pages: pagesOf(ctx, list, list.filter.parse(filter)) });
    },
  };
}

async function* pagesOf<Filter extends z.ZodType, Row>(
  ctx: PersonCtx,
  { page }: List<Filter, Row>,
  filter: z.output<Filter>,
): AsyncGenerator<readonly Row[]> {
  let place: string | undefined;
  do {
    const { rows, next } = await page(ctx, filter, place);
    yield rows;
    place = next ?? undefined;
  } while (place !== undefined);
}

const ACTIVITY_ROWS = 200;
const ACCESS_ROWS = 200;

/** Every list that can be taken as a file: a row per list. */
export const EXPORTS: readonly Exported[] = [
  exported({
    name: "activity",
    summary: "Every change and every use, newest first",
    filter: activityFilter.omit({ cursor: true, limit: true }),
    page: async (ctx, filter, cursor) => {
      const { rows, nextCursor } = await listActivity(ctx, { ...filter, cursor, limit: ACTIVITY_ROWS });
      return { rows, next: nextCursor };
    },
    columns: columns.ACTIVITY,
  }),
  exported({
    name: "connections",
    summary: "Connected accounts",
    filter: z.strictObject({ everyone: z.boolean().default(false) }),
    page: async (ctx, filter) => ({ rows: await listConnections(ctx, filter), next: null }),
    columns: columns.CONNECTIONS,
  }),
  exported({
    name: "grants",
    summary: "What was lent",
    filter: z.strictObject(grantSearch.omit({ cursor: true, limit: true }).shape),
    page: async (ctx, filter, cursor) => {
      const { grants, nextCursor } = await searchGrants(ctx, { ...filter, cursor });
      return { rows: grants, next: nextCursor };
    },
    columns: columns.GRANTS,
  }),
  exported({
    name: "agents",
    summary: "Agents that you have to do with, or all (admins and auditors)",
    filter: directoryFilter.omit({ page: true, limit: true }),
    page: async (ctx, filter, place) => {
      const { agents, page, pages } = await listDirectory(ctx, { ...filter, page: Number(place ?? 1), limit: DIRECTORY_PAGE_MAX });
      return { rows: agents, next: page < pages ? String(page + 1) : null };
    },
    columns: columns.AGENTS,
  }),
  exported({
    name: "people",
    summary: "Everybody here (admins and auditors)",
    filter: peopleFilter.omit({ cursor: true, limit: true }),
    page: async (ctx, filter, cursor) => {
      const { people, nextCursor } = await listPeople(ctx, { ...filter, cursor });
      return { rows: people, next: nextCursor };
    },
    columns: columns.PEOPLE,
  }),
  exported({
    name: "access",
    summary: "Who reaches what right now (admins and auditors)",
    filter: accessFilter.omit({ cursor: true, limit: true }),
    page: async (ctx, filter, cursor) => {
      const { rows, nextCursor } = await listAccess(ctx, { ...filter, cursor, limit: ACCESS_ROWS });
      return { rows, next: nextCursor };
    },
    columns: columns.ACCESS,
  }),
  exported({
    name: "runs",
    summary: "Runs, newest first",
    filter: runsInput.omit({ cursor: true }),
    page: async (ctx, filter, cursor) => {
      const { runs, nextCursor } = await pageRuns(ctx, { ...filter, cursor });
      return { rows: runs, next: nextCursor };
    },
    columns: columns.RUNS,
  }),
];

/** Refuses `not_found` for a list that is not there. */
export function findExport(name: string): Exported {
  const found = EXPORTS.find((one) => one.name === name);
  if (!found) throw notFound("list");
  return found;
}

const answers = "`application/x-ndjson`, or with `format=csv` `text/csv`: a row a line, written while it is read.";

function asOperation({ summary, input, answer }: Exported, at: { readonly path: string; readonly id: string }): Operation {
  return operation({
    method: "GET",
    ...at,
    summary: `${summary}, all of it, as a file`,
    input,
    run: answer,
    status: 200,
    answers,
    media: ROW_MEDIA,
  });
}

/** At its first address too. */
export const activityExport: Operation = asOperation(findExport("activity"), { path: "/api/v1/activity/export", id: "exportActivityRows" });

export const exportOperations: readonly Operation[] = EXPORTS.map((one) =>
  asOperation(one, { path: `/api/v1/exports/${one.name}`, id: `export${one.name.charAt(0).toUpperCase()}${one.name.slice(1)}` }),
);
