import { setTimeout as wait } from "node:timers/promises";
import type { House, Lent } from "./house";
import { call, exchange, Load, until } from "./load";

/** What came of one kind of fault, over all its rounds. */
export interface Outcome {
  readonly rounds: number;
  /** Tokens and answers of the SaaS that arrived, and how many of them have their row. */
  readonly arrived: number;
  readonly withRow: number;
  /** Calls that the SaaS saw, and how many allowed calls the ledger has. */
  readonly seenBySaas: number;
  readonly inLedger: number;
  /** Rows that are there twice. */
  readonly doubled: number;
  /** Answers meanwhile that were neither what was asked for nor a 503 nor none at all. */
  readonly strange: readonly string[];
  readonly lostConnections: number;
}

export interface Fault {
  readonly name: string;
  readonly expected: string;
  /** Does it to a house under load, and ends when all is as before. */
  readonly happen: (house: House, load: Load) => Promise<void>;
}

const AMONG_TOKENS = 40;

/** What can be done to any of the parts at any moment. */
export const FAULTS: readonly Fault[] = [
  {
    name: "`kill -9` of the web process, under load",
    expected: "every token that arrived has its row; the next start needs no hand",
    happen: async (house) => {
      await house.killValet();
      await house.startValet();
    },
  },
  {
    name: "PostgreSQL loses its power, and recovers",
    expected: "503 meanwhile; rows of what was given are there; everything returns by itself",
    happen: async (house) => {
      await house.crashPostgres();
      await house.startPostgres();
    },
  },
  {
    name: "PostgreSQL is stopped, and started again",
    expected: "503 with Retry-After and not ready meanwhile; everything returns by itself",
    happen: async (house) => {
      await house.stopPostgres();
      await untilStatus(house, "/readyz", 503);
      await house.startPostgres();
    },
  },
  {
    name: "PostgreSQL is read-only for a while",
    expected: "503 meanwhile, nothing is given",
    happen: async (house) => {
      await setting(house, "default_transaction_read_only", "on");
      await untilExchange(house, 503);
      await setting(house, "default_transaction_read_only", "off");
    },
  },
  {
    name: "every session of PostgreSQL is broken off",
    expected: "503 or an answer, never a token without its row",
    happen: async (house) => {
      await house.ask(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()",
      );
    },
  },
];

/** Runs one fault so often over one house, and compares what arrived with what is written. */
export async function suffer(house: House, lent: Lent, fault: Fault, rounds: number): Promise<Outcome> {
  const seenBefore = apiCalls(house);
  const ledgerBefore = await callsInLedger(house);
  held.set(house, lent);
  const load = new Load(house, lent);
  for (let round = 0; round < rounds; round += 1) {
    await load.arrived(1 + Math.floor(Math.random() * AMONG_TOKENS));
    await fault.happen(house, load);
    await load.arrived(1);
  }
  const { tokens, calls, otherwise } = await load.end();
  const ids = [...tokens, ...calls];
  const [found] = await house.ask<{ rows: number; ids: number }>(
    "select count(*)::int as rows, count(distinct id)::int as ids from activity where id = any($1) and decision = 'allowed'",
    [ids],
  );
  const [connection] = await house.ask<{ status: string }>("select status from connections where id = $1", [lent.connectionId]);
  return {
    rounds,
    arrived: ids.length,
    withRow: found?.ids ?? 0,
    seenBySaas: apiCalls(house) - seenBefore,
    inLedger: (await callsInLedger(house)) - ledgerBefore,
    doubled: (found?.rows ?? 0) - (found?.ids ?? 0),
    strange: [...otherwise.keys()].filter((what) => what !== "gone" && what !== "503"),
    lostConnections: connection?.status === "active" ? 0 : 1,
  };
}

/** The one window that no broker can close: the SaaS has spent the refresh token, and its answer never arrived. */
export interface LostRefresh {
  /** Requests for a refresh that the SaaS saw after the new start. */
  readonly triedAgain: number;
  readonly status: string;
  readonly note: string;
  /** What the agent was told, the first and the second time. */
  readonly told: readonly string[];
}

export async function loseRefresh(house: House, lent: Lent): Promise<LostRefresh> {
  await expire(house, lent);
  house.saas.control.hold();
  const waiting = use(house, lent);
  await house.saas.control.held(1);
  await house.killRefresher();
  house.saas.control.release();
  const before = refreshes(house);
  await house.startRefresher();
  const told: string[] = [];
  // Until it is there again, whoever waited for it is told to try again.
  for (let answer = await waiting; told.length < 2; answer = await use(house, lent)) {
    if (answer?.status !== 503) told.push(await codeOf(answer));
  }
  const { status, note } = await standingOf(house, lent);
  return { triedAgain: refreshes(house) - before, status, note, told };
}

/** What became of a refresh that was under way when the process was killed that asked for it, but not the one that does it. */
export async function killWebMidRefresh(
  house: House,
  lent: Lent,
): Promise<{ refreshes: number; status: string; afterwards: number | undefined }> {
  await expire(house, lent);
  const before = refreshes(house);
  house.saas.control.hold();
  const waiting = use(house, lent);
  await house.saas.control.held(1);
  await house.killValet();
  house.saas.control.release();
  await waiting;
  await house.startValet();
  const afterwards = (await use(house, lent))?.status;
  return { refreshes: refreshes(house) - before, status: (await standingOf(house, lent)).status, afterwards };
}

/** Refreshes that were under way at some moment when one of the two processes was killed. */
export interface Killed {
  readonly kept: number;
  /** Lost in the one window, as the account's page says. */
  readonly lost: number;
  /** Anything else. */
  readonly strange: readonly string[];
}

const LOST = /^Valet was stopped in the middle of a refresh, and .+ answer was lost\. Connect the account again\.$/;
const WITHIN_MS = 60;

export async function killAtRandom(house: House, lent: Lent, which: "web" | "refresher", rounds: number): Promise<Killed> {
  let [kept, lost] = [0, 0];
  const strange: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await expire(house, lent);
    const waiting = use(house, lent);
    await wait(Math.random() * WITHIN_MS);
    if (which === "web") await house.killValet().then(() => house.startValet());
    else await house.killRefresher().then(() => house.startRefresher());
    await waiting;
    let answer = await use(house, lent);
    while (!answer || answer.status === 503) answer = await use(house, lent);
    const { status, note } = await standingOf(house, lent);
    if (answer.status === 200 && status === "active") kept += 1;
    else if (status === "needs_reconnect" && LOST.test(note)) lost += 1;
    else strange.push(`${await codeOf(answer)}, ${status}: ${note}`);
    if (status !== "active") await house.reconnect(lent);
  }
  return { kept, lost, strange };
}

function refreshes({ saas }: House): number {
  return saas.calls.filter(({ path }) => path === "/oauth/token").length;
}

/** A token for the grant, and a call by it. */
async function use(house: House, lent: Lent): Promise<Response | null> {
  const answer = await exchange(house, lent);
  const { access_token: token } = answer?.status === 200 ? ((await answer.json()) as { access_token: string }) : {};
  return token ? call(house, token) : answer;
}

/**
 * What was made of the account's access is over: the next use begins with a refresh. The access itself is not, or the refresher would renew it by
 * itself, too.
 */
async function expire(house: House, { connectionId }: Lent): Promise<void> {
  await house.ask("update lent_tokens set ending = 'left_behind' where connection_id = $1", [connectionId]);
}

async function standingOf(house: House, { connectionId }: Lent): Promise<{ status: string; note: string }> {
  const [row] = await house.ask<{ status: string; note: string | null }>(
    "select status, status_note as note from connections where id = $1",
    [connectionId],
  );
  return { status: row?.status ?? "", note: row?.note ?? "" };
}

async function codeOf(answer: Response | null): Promise<string> {
  const body = (await answer?.json().catch(() => null)) as { code?: string; error?: string } | null;
  return `${answer?.status} ${body?.code ?? body?.error}`;
}

const held = new WeakMap<House, Lent>();

function apiCalls(house: House): number {
  return house.saas.calls.filter(({ path }) => path === "/api/issues").length;
}

async function callsInLedger(house: House): Promise<number> {
  const [row] = await house.ask<{ n: number }>(
    "select count(*)::int as n from activity where event = 'gateway.call' and decision = 'allowed'",
  );
  return row?.n ?? 0;
}

async function setting(house: House, name: string, value: string): Promise<void> {
  await house.ask(`alter system set ${name} = '${value}'`);
  await house.ask("select pg_reload_conf()");
}

const untilStatus = ({ url }: House, path: string, status: number) =>
  until(async () => (await fetch(`${url}${path}`).catch(() => null))?.status === status);

const untilExchange = (house: House, status: number) =>
  until(async () => (await exchange(house, held.get(house) as Lent))?.status === status);
