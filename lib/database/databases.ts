import { Client } from "pg";

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** Opens one connection for as long as the work takes. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: "valet" });
  // A server that goes away in between fails the next query; without a listener it would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the database where it is missing, and answers its URL. */
export async function ensureDatabase(url: string, database: string): Promise<string> {
  await withClient(url, async (client) => {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  });
  return withDatabase(url, database);
}

/** Makes a database as a copy of another one, which nobody may be connected to. */
export async function copyDatabase(url: string, from: string, to: string): Promise<string> {
  await withClient(url, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(to)} TEMPLATE ${client.escapeIdentifier(from)} STRATEGY wal_log`),
  );
  return withDatabase(url, to);
}

/** Removes the database and throws out whoever is connected to it. */
export async function dropDatabase(url: string, database: string): Promise<void> {
  await withClient(url, (client) => client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`));
}
