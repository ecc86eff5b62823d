// Bundled into dist/backup.mjs: `write <file>` backs up, `restore <file>` puts it into an empty database. `-` is stdout or stdin.
import { createReadStream, createWriteStream, linkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { writeBackup } from "../lib/database/backup";
import { runningEmbedded, startEmbedded } from "../lib/database/embedded";
import { restoreBackup } from "../lib/database/restore";
import { readSettings } from "../lib/settings";

const [verb, file] = process.argv.slice(2);

try {
  if ((verb !== "write" && verb !== "restore") || !file)
    throw new Error("Name a file: npm run backup -- valet.backup, or npm run restore -- valet.backup");
  await withDatabase((url) => (verb === "write" ? write(url, file) : restore(url, file)));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

/** The one in DATABASE_URL, or the embedded one: as it runs, or started for as long as this takes. */
async function withDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const { databaseUrl, dataDir } = readSettings(process.env);
  if (databaseUrl) return work(databaseUrl);
  const where = { dataDir: join(dataDir, "postgres"), database: "valet" };
  const running = await runningEmbedded(where);
  if (running) return work(running);
  const embedded = await startEmbedded(where);
  try {
    await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}

/** Under another name until it is whole, and never over a file that is there. */
async function write(url: string, path: string): Promise<void> {
  const half = `${path}.${process.pid}`;
  const zip = createGzip();
  const output = path === "-" ? process.stdout : createWriteStream(half, { flags: "wx", mode: 0o600 });
  try {
    const stored = pipeline(zip, output);
    const written = writeBackup(url, zip).finally(() => zip.end());
    const [rows] = await Promise.all([written, stored]);
    if (path !== "-") linkSync(half, path);
    process.stderr.write(`Backed up ${rows} rows. The key ring is not in it: keep that elsewhere.\n`);
  } catch (error) {
    zip.destroy();
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? new Error(`${path} is there already. Name another file.`) : error;
  } finally {
    if (path !== "-") rmSync(half, { force: true });
  }
}

async function restore(url: string, path: string): Promise<void> {
  const input = path === "-" ? process.stdin : createReadStream(path);
  const unzip = createGunzip();
  const read = pipeline(input, unzip);
  // What is wrong with the file is told by whoever reads it.
  read.catch(() => undefined);
  const rows = await restoreBackup(url, unzip, join(process.cwd(), "prisma", "migrations"));
  process.stderr.write(`Restored ${rows} rows. Start Valet with the key ring that they were sealed with.\n`);
}
