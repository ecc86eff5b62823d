// Writes a migration without a database: `npm run migration -- add_lenders` puts what changed in prisma/schema.prisma since the
// last migration into prisma/migrations/<timestamp>_add_lenders/migration.sql. `--empty` makes a file to be written by hand,
// `--check` fails while the schema has a change that no migration carries.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diffSchemas } from "./schema-engine.mjs";

const PRISMA = join(import.meta.dirname, "../prisma");
const FOLDER = join(PRISMA, "migrations");
const SCHEMA = join(PRISMA, "schema.prisma");
/** The schema as the committed migrations leave it. Hand-written SQL (partial indexes, checks) is not in it, and needs not be. */
const SNAPSHOT = join(FOLDER, "schema.snapshot.prisma");
const LOCK = `# Prisma reads this; it is kept under version control.\nprovider = "postgresql"\n`;

const args = process.argv.slice(2);
const empty = args.includes("--empty");
const check = args.includes("--check");
const name = args.find((arg) => !arg.startsWith("--"));

const schema = await readFile(SCHEMA, "utf8");
const sql = await diffSchemas(await readFile(SNAPSHOT, "utf8").catch(() => ""), schema);

if (check) judge();
else if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) stop("Name the migration in snake_case: npm run migration -- add_lenders");
else if (empty) await write("-- Written by hand.\n");
else if (sql) await write(`${sql}\n`);
else stop("The schema has not changed since the last migration. For SQL of your own add --empty.");

function judge() {
  if (sql) stop("prisma/schema.prisma has changes without a migration: npm run migration -- <name>");
  console.log("Every change of the schema is in a migration.");
}

async function write(text) {
  const timestamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = join(FOLDER, `${timestamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "migration.sql"), text);
  await writeFile(join(FOLDER, "migration_lock.toml"), LOCK);
  if (!empty) await writeFile(SNAPSHOT, schema);
  console.log(`Wrote ${join(folder, "migration.sql")}. Read it before you commit it.`);
}

function stop(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
