import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import pg from "pg";
import { startValet } from "../../e2e/support/valet";
import { startCore } from "../../lib/core";
import type { Core, PersonCtx } from "../../lib/ctx";
import { startEmbedded } from "../../lib/database/embedded";
import { findFreePort } from "../../lib/database/port";
import { writingSide } from "../../lib/db";
import { CROWD, fillLedger, LEDGER_ROWS, readerOf } from "./ledger";

/** A ledger, and who reads it. */
export interface House {
  readonly core: Core;
  readonly busy: PersonCtx;
  readonly quiet: PersonCtx;
  readonly admin: PersonCtx;
  readonly agents: readonly string[];
}

/** A ledger of `BENCH_ROWS` and one of a tenth of them, in two databases of one PostgreSQL. */
export interface Ledgers {
  readonly whole: House;
  readonly tenth: House;
  /** The production build over the whole one, and the cookie of its admin. */
  startPages(): Promise<{ readonly url: string; readonly cookie: string; said(): string; stop(): Promise<void> }>;
  close(): Promise<void>;
}

/** @param folder where all of it lies. What is found there is taken as it is: it was made by a run before. */
export async function openLedgers(folder: string): Promise<Ledgers> {
  await mkdir(folder, { recursive: true });
  // PostgreSQL's own user has to walk through it; Valet's own folder beside it is its alone.
  await chmod(folder, 0o711);
  const postgres = await startEmbedded({ dataDir: join(folder, "postgres"), database: "whole", settings: { max_wal_size: "4GB" } });
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = (databaseUrl: string) => ({
    ...{ NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port), VALET_PUBLIC_URL: url, VALET_DATA_DIR: join(folder, "valet") },
    ...{ DATABASE_URL: databaseUrl, LOG_LEVEL: "error", VALET_REQUESTS_PER_MINUTE: "1000000" },
  });
  const whole = await openOne(environment(postgres.url), LEDGER_ROWS);
  const tenth = await openOne(environment(await tenthOf(postgres.url)), LEDGER_ROWS / 10);
  return {
    ...{ whole: whole.house, tenth: tenth.house },
    startPages: async () => {
      const face = { url, exchanges: [], attach: () => undefined, close: async () => undefined };
      const valet = await startValet(face, environment(postgres.url));
      return { url, cookie: await cookieOf(whole.house), said: valet.said, stop: valet.stop };
    },
    close: async () => {
      await Promise.all([whole.stop(), tenth.stop()]);
      await postgres.stop();
    },
  };
}

async function tenthOf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rowCount } = await client.query("select from pg_database where datname = 'tenth'");
  if (rowCount === 0) await client.query("create database tenth");
  await client.end();
  const url = new URL(databaseUrl);
  url.pathname = "/tenth";
  return url.href;
}

async function openOne(env: Record<string, string>, rows: number): Promise<{ house: House; stop: () => Promise<void> }> {
  const { core, stop } = await startCore(env);
  const found = (await core.db.person.count()) > 0;
  if (!found) await furnish(core, rows);
  return { house: await readHouse(core), stop };
}

const [BUSY, ADMIN] = ["Ada", "Grace"];
const MEMBER = (index: number) => `Member ${index}`;
/** Agents that the busy person answers for; the others are spread over the rest. */
const BUSY_OWNS = 40;

/** People, agents, and the ledger; the people last, by whom a whole one is known. */
async function furnish(core: Core, rows: number): Promise<void> {
  const [createdAt, { prisma }] = [core.clock.now(), writingSide(core.db)];
  const numbered = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, "0")}`;
  const person = (number: number, name: string, role: string) => {
    const id = numbered("per", number);
    return { id, name, email: `${id}@bench.test`, role, status: "active", createdAt };
  };
  const [busy, admin] = [person(0, BUSY, "member"), person(1, ADMIN, "admin")];
  const quiet = Array.from({ length: CROWD.quiet }, (_, index) => person(2 + index, MEMBER(index), "member"));
  const agents = Array.from({ length: CROWD.agents }, (_, index) => ({
    ...{ id: numbered("agt", index), name: `Bot ${index}`, purpose: "Measures", status: "active", createdAt },
    ownerId: index < BUSY_OWNS ? busy.id : (quiet[index % quiet.length]?.id ?? ""),
  }));
  await fillLedger(core, { busy: busy.id, quiet: quiet.map(({ id }) => id), agents: agents.map(({ id }) => id) }, rows);
  await prisma.$transaction([prisma.person.createMany({ data: [busy, admin, ...quiet] }), prisma.agent.createMany({ data: agents })]);
  await writingSide(core.db).pool.query("analyze people, agents");
}

async function readHouse(core: Core): Promise<House> {
  const reader = async (name: string) => {
    const { id, role } = await core.db.person.findFirstOrThrow({ where: { name } });
    return readerOf(core, id, role as PersonCtx["actor"]["role"]);
  };
  const agents = await core.db.agent.findMany({ where: { name: { startsWith: "Bot " } }, select: { id: true, name: true } });
  const byNumber = agents.sort((left, right) => Number(left.name.slice(4)) - Number(right.name.slice(4)));
  const [busy, quiet, admin] = [await reader(BUSY), await reader(MEMBER(3)), await reader(ADMIN)];
  return { core, busy, quiet, admin, agents: byNumber.map(({ id }) => id) };
}

async function cookieOf({ core, admin }: House): Promise<string> {
  const { id: personId, sessionVersion } = await core.db.person.findUniqueOrThrow({ where: { id: admin.actor.personId } });
  return `valet-session=${await encode({ token: { personId, sessionVersion }, secret: core.vault.derive("next-auth"), maxAge: 3600 })}`;
}
