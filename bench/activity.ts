import { loadavg } from "node:os";
import { isBuilt } from "../scripts/build.mjs";
import { measurePages } from "./support/activityPages";
import { furnishIngestion, measureIngestion } from "./support/ingestion";
import { LEDGER_ROWS } from "./support/ledger";
import { openLedgers } from "./support/ledgerHouse";
import { inOwnFolder } from "./support/ownFolder";
import { GOALS_MS, GROWTH_MOST, measureReadings, readingsOf, readingsTable } from "./support/readings";
import { watchStatements } from "./support/waiting";

/**
 * Lists, searches and charts of activity over a ledger of `BENCH_ROWS` rows and over a tenth of it, in one interleaved run: as somebody with many rows of it,
 * as somebody with few, and everybody's; then the pages over HTTP, one connection, from the built server, and exchanges beside an export.
 * Prints a section of Markdown.
 *
 * A large ledger takes long to make. `BENCH_FOLDER` names a folder for it that is kept, and read again by the next run; without it, nothing is left.
 */
if (!isBuilt()) throw new Error("The pages are not built from these sources: npm run build");
const load = loadavg()[0] ?? 0;
watchStatements();
if (process.env.BENCH_FOLDER) await bench(process.env.BENCH_FOLDER);
else await inOwnFolder(async ({ folder }) => bench(folder));

async function bench(folder: string): Promise<void> {
  const { whole, tenth, startPages, close } = await openLedgers(folder);
  try {
    // Each part as soon as it is known: a long run that is cut short has told something.
    console.log([...heading(), ...readingsTable(await measureReadings(readingsOf(whole), { whole, tenth }))].join("\n"));
    const pages = await startPages();
    try {
      console.log((await measurePages(pages)).join("\n"));
      console.log((await measureIngestion(pages.url, await furnishIngestion(whole.admin))).join("\n"));
    } catch (error) {
      console.error(pages.said().slice(-2000));
      throw error;
    } finally {
      await pages.stop();
    }
  } finally {
    await close();
  }
}

function heading(): string[] {
  const busy = load > 1 ? ` Other work shared the machine (load average ${load.toFixed(1)} at the start).` : "";
  return [
    "## Lists of activity",
    "",
    `Over a ledger of ${LEDGER_ROWS.toLocaleString("en")} rows in three months, and over a tenth of it beside it. Milliseconds of waiting for the database, p50 / p95.`,
    `A list is to take ${GOALS_MS.list} ms of that, a chart ${GOALS_MS.chart} ms, and ten times the rows at most ${GROWTH_MOST} times as long.${busy}`,
    "",
  ];
}
