import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";

/**
 * Prisma's schema engine as WebAssembly, so that a migration can be written without a download and without a database.
 * Its own entry imports the .wasm as a module, which Node 20 cannot: it is instantiated here.
 */
async function loadEngine() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
  const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
  const glue = await import(pathToFileURL(join(folder, "schema_engine_bg.js")).href);
  const bytes = await readFile(join(folder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const adapter = bindMigrationAwareSqlAdapterFactory({ ...NAME, connect, connectToShadowDb: connect });
  return glue.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

const NAME = { provider: "postgres", adapterName: "none" };

/** The engine's one question is whether the schema exists and which version answers: there is no database behind it. */
const ANSWER = {
  columnNames: ["exists", "version", "numeric_version"],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, "PostgreSQL 18.0", 180000]],
};

async function connect() {
  const unexpected = async () => Promise.reject(new Error("The schema engine wanted to write to a database."));
  return {
    ...NAME,
    queryRaw: async () => ANSWER,
    executeRaw: unexpected,
    executeScript: unexpected,
    dispose: async () => undefined,
    getConnectionInfo: () => ({ supportsRelationJoins: true, schemaName: "public" }),
  };
}

/** Its glue code remembers one instance, so there is only ever one. */
let loading;

/** The SQL that leads from one schema to the other. An empty `from` is an empty database. */
export async function diffSchemas(from, to) {
  loading ??= loadEngine();
  const engine = await loading;
  const target = (content) => (content.trim() ? { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] } : { tag: "empty" });
  const filters = { externalTables: [], externalEnums: [] };
  const result = await engine.diff({
    from: target(from),
    to: target(to),
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters,
  });
  const sql = (result.stdout ?? "").trim();
  return sql.startsWith("-- This is an empty migration") ? "" : sql;
}
