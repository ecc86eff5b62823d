import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCore } from "../core";
import { writingSide } from "../db";
import { newId } from "../ids";
import { accessToken, CLIENT, call, type Lent, lend, usesOf, type World, world } from "../testing/builders";
import { TEST_KEYS, type TestCore } from "../testing/core";
import { writeBackup } from "./backup";
import { ensureDatabase, withClient, withDatabase } from "./databases";
import { restoreBackup } from "./restore";

const MIGRATIONS = join(import.meta.dirname, "../../prisma/migrations");
const OTHER_KEYS = `t1:${Buffer.alloc(32, 8).toString("base64url")}`;
/** Tokens that the SaaS gives or is given, as Valet saw them pass. */
const passed = new Set<string>();
let here: World;
let lent: Lent;
let backup: string;
let folder: string;
let made = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "valet-backup-"));
  here = await world({ onFetch: (_, init) => noteTokens(init) });
  // What is started below has the real time, and must find the grant alive.
  here.core.clock.set(new Date());
  lent = await lend(here, { delivery: "gateway" });
  await (await start(here.core.databaseUrl, { VALET_KEYS: TEST_KEYS })).stop();
  await call(here.core, await accessToken(here.core, lent), "/api/issues");
  backup = await backUp(here.core.databaseUrl);
});
afterAll(async () => {
  await here.close();
  await rm(folder, { recursive: true });
});

function noteTokens(init: RequestInit): void {
  const form = new URLSearchParams(String(init.body ?? ""));
  for (const name of ["refresh_token", "client_secret", "code"]) if (form.get(name)) passed.add(form.get(name) as string);
  const authorization = new Headers(init.headers).get("authorization")?.split(" ")[1];
  if (authorization) passed.add(authorization);
}

async function backUp(url: string): Promise<string> {
  const output = new PassThrough();
  const kept = text(output);
  await writeBackup(url, output);
  output.end();
  return kept;
}

const emptyDatabase = () => ensureDatabase(withDatabase(here.core.databaseUrl, "postgres"), `restored_${process.pid}_${++made}`);
const restore = (url: string, content = backup) => restoreBackup(url, Readable.from([content]), MIGRATIONS);
const count = async (url: string, table: string) =>
  (await withClient(url, (client) => client.query(`SELECT count(*)::int AS many FROM ${table}`))).rows[0].many as number;

function start(databaseUrl: string, env: Record<string, string> = {}) {
  const endpoints = JSON.stringify({ demo: here.core.settings.endpoints.demo });
  const data = { VALET_DATA_DIR: join(folder, "data"), LOG_LEVEL: "silent", VALET_ENDPOINTS: endpoints };
  return startCore({ NODE_ENV: "test", VALET_PUBLIC_URL: here.core.settings.publicUrl, DATABASE_URL: databaseUrl, ...data, ...env });
}

describe("a backup", () => {
  it("restored into an empty database lets an agent exchange its grant and call, with the same key", async () => {
    const url = await emptyDatabase();
    await restore(url);
    const running = await start(url, { VALET_KEYS: TEST_KEYS });
    const core = running.core as unknown as TestCore;
    try {
      expect((await call(core, await accessToken(core, lent), "/api/issues")).status).toBe(200);
      // What it had before, and these two.
      expect(await usesOf(core, lent.grantId)).toHaveLength(4);
    } finally {
      await running.stop();
    }
  });

  it("is the same again when what was restored is backed up", async () => {
    const url = await emptyDatabase();
    await restore(url);
    expect((await backUp(url)).split("\n").sort()).toEqual(backup.split("\n").sort());
  });

  it("keeps each row's month and number: what was restored is counted from there on", async () => {
    const at = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 5, 3));
    const row = { event: "gateway.call", acting: "agent", target: "long ago", decision: "allowed", reason: "x", chain: [] };
    await writingSide(here.core.db).prisma.activity.create({ data: { ...row, id: newId("use", at), at, kind: "use" } });
    const url = await emptyDatabase();
    await restore(url, await backUp(here.core.databaseUrl));
    const { rows } = await withClient(url, (client) =>
      client.query(
        `SELECT tableoid::regclass::text AS part, nextval('activity_seq') > (SELECT max(seq) FROM activity) AS goes_on FROM activity WHERE target = 'long ago'`,
      ),
    );
    expect(rows).toEqual([{ part: `activity_${at.toISOString().slice(0, 7).replace("-", "_")}`, goes_on: true }]);
  });

  it("has no refresh token, access token, client secret or key in it", async () => {
    const url = await emptyDatabase();
    await restore(url);
    const held = await here.core.db.connection.findFirstOrThrow({ where: { id: lent.connectionId } });
    const opened = [
      here.core.vault.open("lasting", { table: "connections", row: held.id, column: "sealed_refresh" }, held.sealedRefresh as string),
      here.core.vault.open("passing", { table: "connections", row: held.id, column: "sealed_access" }, held.sealedAccess as string),
    ];
    const secrets = [...passed, ...opened, CLIENT.clientSecret, lent.bot.clientSecret, TEST_KEYS.split(":")[1] as string];
    expect(secrets.length).toBeGreaterThan(6);
    for (const secret of secrets) {
      expect(backup.includes(secret)).toBe(false);
      expect(backup.includes(Buffer.from(secret).toString("base64url").slice(0, -2))).toBe(false);
    }
  });

  it("is refused, and changes nothing, where it breaks off, is none, or is of a newer Valet", async () => {
    const url = await emptyDatabase();
    const lines = backup.trimEnd().split("\n");
    for (const cut of [lines.slice(0, -1), lines.slice(0, -5), [...lines.slice(0, -2), lines.at(-1)]]) {
      await expect(restore(url, `${cut.join("\n")}\n`)).rejects.toThrow("The backup breaks off before its end. Nothing was restored.");
      expect(await count(url, "people")).toBe(0);
    }
    await expect(restore(url, "PGDMP")).rejects.toThrow("This is not a backup that npm run backup made.");
    const newer = backup.replace('"migrations":[', '"migrations":["29990101000000_later",');
    await expect(restore(url, newer)).rejects.toThrow("The backup is of a newer Valet: it has the migration 29990101000000_later.");
    await restore(url);
    expect(await count(url, "people")).toBe(2);
  });

  it("is not restored over anything", async () => {
    await expect(restore(here.core.databaseUrl)).rejects.toThrow(/^The database is not empty: there are rows in /);
  });

  it("refuses a database that is not a Valet's", async () => {
    await expect(backUp(await emptyDatabase())).rejects.toThrow("There is no Valet in this database");
  });
});

describe("a start on what was restored", () => {
  it("refuses another key and a missing one with a sentence, and changes nothing, not even the schema", async () => {
    const url = await emptyDatabase();
    await restore(url);
    await withClient(url, (client) =>
      client.query("DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)"),
    );
    const before = await backUp(url);
    await expect(start(url, { VALET_KEYS: OTHER_KEYS })).rejects.toThrow(
      "VALET_KEYS does not open this database: it was sealed with another key.",
    );
    await expect(start(url)).rejects.toThrow("There is no key for this database, and it is sealed with one.");
    expect(await readdir(join(folder, "data")).catch(() => [])).toEqual([]);
    expect(await backUp(url)).toBe(before);
  });
});
