import pg from "pg";
import { type ReadDb, writingSide } from "../db";
import { gather } from "../gather";
import { type Basis, Stale } from "../recall";
import { workedOut } from "../workedOut";
import { hopInsert, hopValues, type NewHop, type Path, pathHolds, pathValues } from "./path";
import type { ChainLink } from "./row";
import { type Overspent, type Spending, spend } from "./spend";
import { AGENT_STANDS, agentStands, grantStands, LENDING_GOES_ON } from "./stands";

/** One row of use, as it is written. */
export interface UseRow {
  readonly id: string;
  readonly at: Date;
  event: string;
  acting: "person" | "agent";
  personId: string | null;
  agentId: string | null;
  ownerId: string | null;
  grantId: string | null;
  connectionId: string | null;
  connector: string | null;
  target: string;
  decision: "allowed" | "refused";
  reason: string;
  reasonText: string | null;
  scopes: readonly string[];
  delivery: string | null;
  narrowedBy: string | null;
  pattern: string | null;
  chain: readonly ChainLink[];
  tokenUseId: string | null;
  /** As said by the caller. */
  runIdClaimed: string | null;
  /** The same, where a token of ours or of the agent's platform carries it. */
  runIdVerified: string | null;
  /** What the agent proved itself by. */
  credentialId: string | null;
  /** The hop of the chain it is done in. */
  delegationId: string | null;
  /** What of a chain has to live for it; null where nothing was handed on. Not a column: the hop keeps it. */
  path: Path | null;
  /** What it was decided by, where that was remembered: the gate compares. Null: all of it was read for this use. Not a column. */
  basis: Basis | null;
  traceId: string | null;
  requestId: string | null;
  detail: Record<string, unknown> | null;
}

const COLUMNS: readonly (readonly [column: string, type: string, value: (row: UseRow) => unknown])[] = [
  ["id", "text", (row) => row.id],
  ["at", "timestamptz", (row) => row.at],
  ["event", "text", (row) => row.event],
  ["acting", "text", (row) => row.acting],
  ["person_id", "text", (row) => row.personId],
  ["agent_id", "text", (row) => row.agentId],
  ["owner_id", "text", (row) => row.ownerId],
  ["grant_id", "text", (row) => row.grantId],
  ["connection_id", "text", (row) => row.connectionId],
  ["connector", "text", (row) => row.connector],
  ["target", "text", (row) => row.target],
  ["decision", "text", (row) => row.decision],
  ["reason", "text", (row) => row.reason],
  ["reason_text", "text", (row) => row.reasonText],
  ["scopes", "text[]", (row) => row.scopes],
  ["delivery", "text", (row) => row.delivery],
  ["narrowed_by", "text", (row) => row.narrowedBy],
  ["pattern", "text", (row) => row.pattern],
  ["chain", "jsonb", (row) => row.chain],
  ["token_use_id", "text", (row) => row.tokenUseId],
  ["run_id_claimed", "text", (row) => row.runIdClaimed],
  ["run_id_verified", "text", (row) => row.runIdVerified],
  ["credential_id", "text", (row) => row.credentialId],
  ["delegation_id", "text", (row) => row.delegationId],
  ["trace_id", "text", (row) => row.traceId],
  ["request_id", "text", (row) => row.requestId],
  ["detail", "jsonb", (row) => row.detail],
];

const NAMES = COLUMNS.map(([column]) => column).join(", ");

/** How a statement names a column of the row that it is to write. */
type Written = (column: string) => string;

/** One row, a parameter for each column. */
const parameter: Written = (column) => {
  const index = COLUMNS.findIndex(([name]) => name === column);
  return `$${index + 1}::${COLUMNS[index]?.[1]}`;
};

const insertOf = (written: Written) =>
  `insert into activity (kind, ${NAMES}) select 'use', ${COLUMNS.map(([name]) => written(name)).join(", ")}`;
const INSERT = insertOf(parameter);

/** The agent, and who answers for it. */
const agentLives = (written: Written) => `a.id = ${written("agent_id")} and ${AGENT_STANDS.where}`;
const AGENT_LIVES = agentLives(parameter);
const DETAIL = parameter("detail");

/** On an agent's own authority nobody stands in the row as principal; on any other the person who lent does. */
const principal = (written: Written) =>
  `${written("person_id")} is not distinct from case when g.pattern = 'own' then null else g.person_id end`;
const PRINCIPAL = principal(parameter);

const grantLives = (written: Written) => `g.id = ${written("grant_id")} and ${grantStands(written("at"))}
  and g.person_id = ${written("owner_id")} and g.connection_id = ${written("connection_id")} and g.pattern = ${written("pattern")}`;
const GRANT_LIVES = grantLives(parameter);

/** Nobody ended the token that it is done with. */
const tokenLives = (written: Written) => `not exists (select 1 from ended_tokens e where e.jti = ${written("token_use_id")})`;
const TOKEN_LIVES = tokenLives(parameter);

/** What was only remembered is still so: each row that the use was decided by is the very version that was read. Beside the columns, as `basis`. */
const basisHolds = (basis: string, written: Written) => {
  const seen = (table: string) => `${basis}->>'${table}'`;
  return `(${basis} is null or (g.xmin::text = ${seen("grants")} and a.xmin::text = ${seen("agents")} and p.xmin::text = ${seen("people")}
    and c.xmin::text = ${seen("connections")}
    and (select s.xmin::text from connector_setups s where s.connector = g.connector) is not distinct from ${seen("connector_setups")}
    and (${seen("agent_credentials")} is null or (exists (select from agent_credentials k where k.id = ${written("credential_id")}
      and k.xmin::text = ${seen("agent_credentials")}) and (select i.xmin::text from instance i where i.id = 1) is not distinct from ${seen("instance")}))))`;
};

/** Its three arrays come behind the columns. */
const PATH = pathHolds({ first: COLUMNS.length + 1, grantId: parameter("grant_id"), at: parameter("at") });

/** For an agent on a grant that was lent to it: all that has to stand, and what is held while it is written. */
const agentGate = (written: Written, basis: string) => `grants g
    join agents a on a.id = g.agent_id ${AGENT_STANDS.join}
    join people p on p.id = g.person_id join connections c on c.id = g.connection_id
    where ${agentMay(written, basis)} and ${tokenLives(written)} for share of g, ${AGENT_STANDS.locks}, p, c`;

const agentMay = (written: Written, basis: string) => `${grantLives(written)} and g.agent_id = a.id and ${agentLives(written)}
    and ${principal(written)} and ${LENDING_GOES_ON} and ${basisHolds(basis, written)}`;

/**
 * The ledger insert is the gate: the statement that writes the row joins everything that must be in good standing, and
 * locks it (`for share`), so a revoke either came first and no row is written, or waits until the row is committed.
 */
const BASIS = `$${COLUMNS.length + 1}::jsonb`;
const GATES = {
  agent: `${INSERT} from ${agentGate(parameter, BASIS)}`,
  chain: `with ${PATH.holds} ${INSERT} from grants g
    join people p on p.id = g.person_id join connections c on c.id = g.connection_id
    where ${GRANT_LIVES} and ${PRINCIPAL} and ${LENDING_GOES_ON} and ${TOKEN_LIVES} and ${PATH.whole} for share of g, p, c`,
  personWithGrant: `${INSERT} from grants g
    join people p on p.id = g.person_id join connections c on c.id = g.connection_id
    where ${GRANT_LIVES} and g.person_id = ${parameter("person_id")} and ${TOKEN_LIVES} for share of g, p, c`,
  person: `${INSERT} from connections c join people p on p.id = c.person_id
    where c.id = ${parameter("connection_id")} and c.person_id = ${parameter("person_id")}
    and p.status = 'active' and c.status = 'active' and (c.key_ends_at is null or c.key_ends_at > ${parameter("at")})
    and ${TOKEN_LIVES} for share of c, p`,
  ownAccess: `${INSERT} from own_access x join agents a on a.id = x.agent_id ${AGENT_STANDS.join}
    where x.id = ${DETAIL}->>'own_access_id' and ${AGENT_LIVES} and x.revoked_at is null
    and (x.expires_at is null or x.expires_at > ${parameter("at")}) and ${parameter("scopes")} <@ x.scopes for share of x, ${AGENT_STANDS.locks}`,
  agentItself: `${INSERT} from agents a ${AGENT_STANDS.join} where ${AGENT_LIVES} for share of ${AGENT_STANDS.locks}`,
} as const;

/**
 * Writes the row if, and only if, everything it rests on is in good standing at that moment. Committed when it answers.
 *
 * @throws Stale where it was decided by what is not so any more, or may not be.
 */
export async function admitRow(db: ReadDb, row: UseRow): Promise<boolean> {
  if (gateOf(row) !== "agent") return admitAlone(db, row);
  return (await crowdOf(db)(row)) || admitAlone(db, row);
}

async function admitAlone(db: ReadDb, row: UseRow): Promise<boolean> {
  requireReadNow(row);
  const gate = gateOf(row);
  const result = await writingSide(db).pool.query({ name: `admit_${gate}`, text: GATES[gate], values: gateValues(row) });
  return result.rowCount === 1;
}

/** What differs between uses of one grant by one agent; all else is asked of, and sent, once for all of them that go together. */
const OF_EACH = new Set(["id", "at", "target", "token_use_id", "run_id_claimed", "run_id_verified", "trace_id", "request_id", "detail"]);
const EACH = COLUMNS.filter(([name]) => OF_EACH.has(name));
const ALIKE = COLUMNS.filter(([name]) => !OF_EACH.has(name));
const typesOf = (columns: typeof COLUMNS) => columns.map(([name, type]) => `${name} ${type}`).join(", ");

const PASSED_OVER = agentStands("skip locked");

/**
 * The agents' gate for whoever is there at the moment, in one commit: what they rest on is held once for all that rest on the same. It waits for
 * nobody: where somebody is changing that, or it ends before the last of them, none of them is written here, as if they were refused. Which of
 * these it is, the gate for one decides.
 */
const AT_ONCE = `with stands as materialized (
    select w.* from jsonb_to_recordset($1::jsonb) as w(n int, at timestamptz, ${typesOf(ALIKE)}, basis jsonb) cross join grants g
    join agents a on a.id = g.agent_id ${PASSED_OVER.join}
    join people p on p.id = g.person_id join connections c on c.id = g.connection_id
    where ${agentMay((column) => `w.${column}`, "w.basis")} for share of g, ${PASSED_OVER.locks}, p, c skip locked)
  ${insertOf((column) => `${OF_EACH.has(column) ? "r" : "s"}.${column}`)}
    from jsonb_to_recordset($2::jsonb) as r(n int, ${typesOf(EACH)}) join stands s on s.n = r.n
    where ${tokenLives((column) => `r.${column}`)} returning id`;

/** One at a time: two would hold the same rows, which PostgreSQL has to write down at length. */
const CROWDS = { flights: 1, most: 200 } as const;
/** Whether it was admitted; if not, it is not decided. */
type Crowd = (row: UseRow) => Promise<boolean>;
const crowds = new WeakMap<ReadDb, Crowd>();

function crowdOf(db: ReadDb): Crowd {
  const known = crowds.get(db) ?? gather((rows: readonly UseRow[]) => admitAtOnce(db, rows), CROWDS);
  crowds.set(db, known);
  return known;
}

async function admitAtOnce(db: ReadDb, rows: readonly UseRow[]): Promise<readonly boolean[]> {
  try {
    const written = await writingSide(db).pool.query<{ id: string }>({ name: "admit_at_once", text: AT_ONCE, values: spellRows(rows) });
    const admitted = new Set(written.rows.map(({ id }) => id));
    return rows.map(({ id }) => admitted.has(id));
  } catch (error) {
    // Data that PostgreSQL will not take (classes 22 and 23) are one row's fault, and then none is written. Any other trouble is everybody's.
    if (error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? "")) return rows.map(() => false);
    throw error;
  }
}

/** What rows have alike, once each with a number and the latest instant of them, and what each of them has beside that number. */
function spellRows(rows: readonly UseRow[]): [alike: string, each: string] {
  const numbers = new Map<string, { readonly n: number; at: Date }>();
  const each = rows.map((row) => {
    const alike = row.basis?.shared ? workedOut(row.basis, "alike", () => spellAlike(row)) : spellAlike(row);
    const known = numbers.get(alike);
    const group = known ?? { n: numbers.size, at: row.at };
    if (!known) numbers.set(alike, group);
    if (row.at > group.at) group.at = row.at;
    return { n: group.n, ...recordOf(EACH, row) };
  });
  const groups = [...numbers].map(([alike, { n, at }]) => `{"n":${n},"at":${JSON.stringify(at)},${alike.slice(1)}`);
  return [`[${groups.join(",")}]`, JSON.stringify(each)];
}

function spellAlike(row: UseRow): string {
  return JSON.stringify({ ...recordOf(ALIKE, row), basis: versionsOf(row) });
}

function recordOf(columns: typeof COLUMNS, row: UseRow): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [name, , value] of columns) {
    const told = value(row);
    if (told !== null) record[name] = told;
  }
  return record;
}

/** Which of both it is, that something changed or that somebody is just changing it, is found out by reading it. */
function requireReadNow(row: UseRow): void {
  if (versionsOf(row)) throw new Stale("What was remembered is not so any more, or is just being changed.");
}

function versionsOf({ basis }: UseRow): Basis["versions"] | null {
  return basis?.recalled ? basis.versions : null;
}

/**
 * The same for a use that counts against its grant's limits: row and count are committed together, or neither is.
 *
 * Answers what it has too much of, when that is why it was not admitted.
 */
export async function admitRowWithin(db: ReadDb, row: UseRow, spending: Spending, now: Date): Promise<boolean | Overspent> {
  if (gateOf(row) !== "agent") requireReadNow(row);
  const answer = await admitWithin(db, row, spending, now);
  if (answer !== true) requireReadNow(row);
  return answer;
}

async function admitWithin(db: ReadDb, row: UseRow, spending: Spending, now: Date): Promise<boolean | Overspent> {
  const client = await writingSide(db).pool.connect();
  try {
    await client.query("begin");
    const over = await spend(client, spending, now);
    const result = over ? null : await client.query({ text: GATES[gateOf(row)], values: gateValues(row) });
    const admitted = result?.rowCount === 1;
    await client.query(admitted ? "commit" : "rollback");
    client.release();
    return over ?? admitted;
  } catch (error) {
    // What a broken line left open ends with it.
    client.release(true);
    throw error;
  }
}

function gateOf(row: UseRow): keyof typeof GATES {
  if (row.path) return "chain";
  if (row.event === "token.own") return row.detail?.own_access_id ? "ownAccess" : "agentItself";
  return row.acting === "agent" ? "agent" : row.grantId ? "personWithGrant" : "person";
}

/** A hop is written by the statement that admits its use, and by no other. */
const ADMIT_HOP = `with ${PATH.holds}, entered as (${INSERT} from grants g
    join people p on p.id = g.person_id join connections c on c.id = g.connection_id
    where ${GRANT_LIVES} and ${LENDING_GOES_ON} and ${TOKEN_LIVES} and ${PATH.whole} for share of g, p, c returning id)
  ${hopInsert(COLUMNS.length + 4)} from entered`;

/**
 * The same for the use that hands a token on: its row and the hop are committed together, or neither is.
 *
 * Answers `spent` when the token was handed on before: of any number at once, one is first.
 */
export async function admitHop(db: ReadDb, row: UseRow, hop: NewHop): Promise<boolean | "spent"> {
  requireReadNow(row);
  try {
    const query = { name: "admit_hop", text: ADMIT_HOP, values: [...gateValues(row), ...hopValues(hop)] };
    return (await writingSide(db).pool.query(query)).rowCount === 1;
  } catch (error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown };
    if (code === "23505" && constraint === "delegations_parent_jti_key") return "spent";
    throw error;
  }
}

/** Writes the row of a refused use. */
export async function writeRefusedRow(db: ReadDb, row: UseRow): Promise<void> {
  await writingSide(db).pool.query({ name: "refuse_use", text: INSERT, values: valuesOf(row) });
}

/** What came of an admitted use: the SaaS's status, how long it took, and why it failed if it did. */
export interface Outcome {
  readonly upstreamStatus?: number;
  readonly durationMs?: number;
  readonly reason?: string;
  readonly reasonText?: string;
}

/** What is asked beside the rows says how few they are, and of which months: without it a small ledger is read from end to end for each call. */
const OUTCOME = `with soon as (select set_config('synchronous_commit', 'off', true)) update activity a
  set upstream_status = coalesce(r.upstream_status, a.upstream_status), duration_ms = coalesce(r.duration_ms, a.duration_ms),
    reason = coalesce(r.reason, a.reason), reason_text = coalesce(r.reason_text, a.reason_text)
  from soon, jsonb_to_recordset($1::jsonb) as r(id text, at timestamptz, upstream_status int, duration_ms int, reason text, reason_text text)
  where a.id = r.id and a.at = r.at and a.id = any($2) and a.at between $3 and $4`;

/** For one alone: PostgreSQL plans that once, and not each time anew. */
const OUTCOME_OF_ONE = `with soon as (select set_config('synchronous_commit', 'off', true)) update activity a
  set upstream_status = coalesce($3::int, a.upstream_status), duration_ms = coalesce($4::int, a.duration_ms),
    reason = coalesce($5::text, a.reason), reason_text = coalesce($6::text, a.reason_text) from soon where a.id = $1 and a.at = $2`;

interface Settled extends Outcome {
  readonly use: Pick<UseRow, "id" | "at">;
}
const settling = new WeakMap<ReadDb, (settled: Settled) => Promise<void>>();

/**
 * Adds the outcome to an admitted row. The decision itself never changes, and was flushed to disk before; this waits for no disk,
 * so a power cut may take the last moments' outcomes along.
 */
export function writeOutcome(db: ReadDb, use: Pick<UseRow, "id" | "at">, outcome: Outcome): Promise<void> {
  const known = settling.get(db) ?? gather((crowd: readonly Settled[]) => settleAll(db, crowd), CROWDS);
  settling.set(db, known);
  return known({ use, ...outcome });
}

async function settleAll(db: ReadDb, crowd: readonly Settled[]): Promise<readonly undefined[]> {
  const [one] = crowd;
  if (one && crowd.length === 1) {
    const values = [one.use.id, one.use.at, one.upstreamStatus, one.durationMs, one.reason, one.reasonText];
    await writingSide(db).pool.query({ name: "settle_use", text: OUTCOME_OF_ONE, values });
    return [undefined];
  }
  // What is told of one use twice is one outcome: PostgreSQL would take either.
  const outcomes = new Map<string, object>();
  for (const { use, upstreamStatus: upstream_status, durationMs: duration_ms, reason, reasonText: reason_text } of crowd)
    outcomes.set(use.id, {
      ...outcomes.get(use.id),
      ...told({ id: use.id, at: use.at, upstream_status, duration_ms, reason, reason_text }),
    });
  const times = crowd.map(({ use }) => use.at.getTime());
  const span = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  const values = [JSON.stringify([...outcomes.values()]), [...outcomes.keys()], ...span];
  await writingSide(db).pool.query({ name: "settle_uses", text: OUTCOME, values });
  return crowd.map(() => undefined);
}

function told(columns: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

/** What of a gate stands behind the columns: a chain's path, or what an agent's use was decided by. */
function gateValues(row: UseRow): unknown[] {
  if (row.path) return [...valuesOf(row), ...pathValues(row.path)];
  const versions = versionsOf(row);
  return gateOf(row) === "agent" ? [...valuesOf(row), versions && JSON.stringify(versions)] : valuesOf(row);
}

function valuesOf(row: UseRow): unknown[] {
  return COLUMNS.map(([, type, value]) => {
    const told = value(row);
    return type === "jsonb" && told !== null ? JSON.stringify(told) : told;
  });
}
