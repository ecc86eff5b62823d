import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { EXIT, Failure } from "../failure.ts";
import { findAgent } from "../find.ts";
import { asPerson, type PersonApi } from "../person.ts";
import { oneLine } from "../table.ts";
import type { ActivityRow, List } from "../wire.ts";

/** Rows are committed a little out of order: so much is looked at again. */
const OVERLAP_MS = 15_000;
const LIMIT_MAX = 200;

interface Options {
  readonly follow?: boolean;
  readonly actor?: string;
  readonly agent?: string;
  readonly connector?: string;
  readonly decision?: string;
  readonly limit: string;
  readonly interval: string;
}

type Query = Readonly<Record<string, string | undefined>>;

export function addActivity(program: Command, context: Context): void {
  program
    .command("activity")
    .description("Every change and every use, and whose hand it was in; oldest first.")
    .option("--follow", "go on, and print what comes; with --json a line each")
    .addOption(new Option("--actor <who>", "only by these").choices(["person", "agent", "system"]))
    .option("--agent <agent>", "only of this agent: a name or id")
    .option("--connector <connector>", "only at this SaaS")
    .addOption(new Option("--decision <decision>", "only these").choices(["allowed", "refused"]))
    .option("--limit <n>", "how many to begin with", "50")
    .addOption(new Option("--interval <seconds>", "how often to look, with --follow").default("2"))
    .action((options: Options) => read(context, options));
}

async function read(context: Context, options: Options): Promise<void> {
  const limit = whole("--limit", options.limit, LIMIT_MAX);
  const seconds = whole("--interval", options.interval, 3600);
  const person = await asPerson(context);
  const agentId = options.agent ? (await findAgent(person, options.agent, "lendable")).id : undefined;
  const { actor, connector, decision } = options;
  const query = { acting: actor, agent_id: agentId, connector, decision };
  const page = await person.get<List<ActivityRow>>("/activity", { ...query, limit: String(options.follow ? LIMIT_MAX : limit) });
  const rows = page.data.slice(0, limit).reverse();
  if (!options.follow) return context.print(rows, () => rows.map(line).join("\n"));
  for (const row of rows) printRow(context, row);
  await follow(context, person, query, { page, seconds });
}

async function follow(
  context: Context,
  person: PersonApi,
  query: Query,
  from: { page: List<ActivityRow>; seconds: number },
): Promise<never> {
  const seen = new Map(from.page.data.map(({ id, at }) => [id, Date.parse(at)]));
  // What lies before the first page is not new, however late it is looked at.
  const first = from.page.next_cursor ? from.page.data.at(-1) : undefined;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, from.seconds * 1000));
    for (const row of await newRows(person, query, seen)) {
      seen.set(row.id, Date.parse(row.at));
      if (!first || isAfter(row, first)) printRow(context, row);
    }
    const oldest = Math.max(0, ...seen.values()) - 2 * OVERLAP_MS;
    for (const [id, at] of seen) if (at < oldest) seen.delete(id);
  }
}

/** In the order of the API: by the time, then by the id. */
function isAfter(row: ActivityRow, other: ActivityRow): boolean {
  return row.at > other.at || (row.at === other.at && row.id > other.id);
}

/** Everything since the last look that was not seen, oldest first, page by page. */
async function newRows(person: PersonApi, query: Query, seen: ReadonlyMap<string, number>): Promise<ActivityRow[]> {
  const latest = Math.max(0, ...seen.values());
  const from = latest > 0 ? new Date(latest - OVERLAP_MS).toISOString() : undefined;
  const found: ActivityRow[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await person.get<List<ActivityRow>>("/activity", { ...query, from, cursor, limit: String(LIMIT_MAX) });
    found.push(...page.data.filter(({ id }) => !seen.has(id)));
    if (!page.next_cursor || from === undefined) return found.reverse();
    cursor = page.next_cursor;
  }
}

function printRow(context: Context, row: ActivityRow): void {
  process.stdout.write(`${context.options.json ? JSON.stringify(row) : line(row)}\n`);
}

function line({ at, acting, person, agent, words, connector, target, decision, reason }: ActivityRow): string {
  const who = acting === "agent" ? `${agent?.name ?? "an agent"}${person ? ` for ${person.name}` : ""}` : (person?.name ?? acting);
  const what = `${words}${connector ? ` at ${connector}` : ""}: ${target}`;
  const outcome = decision === "refused" ? `  refused (${reason})` : "";
  return oneLine(`${at.slice(0, 19)}Z  ${acting.padEnd(6)}  ${who}  ${what}${outcome}`);
}

function whole(option: string, text: string, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new Failure(EXIT.usage, `${option} takes a whole number from 1 to ${most}.`);
}
