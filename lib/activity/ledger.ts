import { type ReadDb, writingSide } from "../db";
import type { ChainLink } from "./row";
import { type Overspent, type Spending, spend } from "./spend";

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
  ["chain", "jsonb", (row) => JSON.stringify(row.chain)],
  ["token_use_id", "text", (row) => row.tokenUseId],
  ["run_id_claimed", "text", (row) => row.runIdClaimed],
  ["run_id_verified", "text", (row) => row.runIdVerified],
  ["credential_id", "text", (row) => row.credentialId],
  ["delegation_id", "text", (row) => row.delegationId],
  ["trace_id", "text", (row) => row.traceId],
  ["request_id", "text", (row) => row.requestId],
  ["detail", "jsonb", (row) => (row.detail ? JSON.stringify(row.detail) : null)],
];

const NAMES = COLUMNS.map(([column]) => column).join(", ");
const VALUES = COLUMNS.map(([, type], index) => `$${index + 1}::${type}`).join(", ");
const INSERT = `insert into activity (kind, ${NAMES}) select 'use', ${VALUES}`;
const parameter = (column: string) => {
  const index = COLUMNS.findIndex(([name]) => name === column);
  return `$${index + 1}::${COLUMNS[index]?.[1]}`;
};

const GRANT_LIVES = `g.id = ${parameter("grant_id")} and g.revoked_at is null and g.suspended_at is null and g.expires_at > ${parameter("at")}
  and g.person_id = ${parameter("person_id")} and g.connection_id = ${parameter("connection_id")}
  and p.status = 'active' and c.status = 'active'`;

/** Nobody ended the token that it is done with. */
const TOKEN_LIVES = `not exists (select 1 from ended_tokens e where e.jti = ${parameter("token_use_id")})`;

/**
 * The ledger insert is the gate: the statement that writes the row joins everything that must be in good standing, and
 * locks it (`for share`), so a revoke either came first and no row is written, or waits until the row is committed.
 */
const GATES = {
  agent: `${INSERT} from grants g
    join agents a on a.id = g.agent_id join people o on o.id = a.owner_id
    join people p on p.id = g.person_id join connections c on c.id = g.connection_id
    where ${GRANT_LIVES} and g.agent_id = ${parameter("agent_id")} and a.status = 'active' and o.status = 'active'
    and ${TOKEN_LIVES} for share of g, a, o, p, c`,
  personWithGrant: `${INSERT} from grants g
    join people p on p.id = g.person_id join connections c on c.id = g.connection_id
    where ${GRANT_LIVES} and ${TOKEN_LIVES} for share of g, p, c`,
  person: `${INSERT} from connections c join people p on p.id = c.person_id
    where c.id = ${parameter("connection_id")} and c.person_id = ${parameter("person_id")}
    and p.status = 'active' and c.status = 'active' and ${TOKEN_LIVES} for share of c, p`,
} as const;

/** Writes the row if, and only if, everything it rests on is in good standing at that moment. Committed when it answers. */
export async function admitRow(db: ReadDb, row: UseRow): Promise<boolean> {
  const gate = gateOf(row);
  const result = await writingSide(db).pool.query({ name: `admit_${gate}`, text: GATES[gate], values: valuesOf(row) });
  return result.rowCount === 1;
}

/**
 * The same for a use that counts against its grant's limits: row and count are committed together, or neither is.
 *
 * Answers what it has too much of, when that is why it was not admitted.
 */
export async function admitRowWithin(db: ReadDb, row: UseRow, spending: Spending, now: Date): Promise<boolean | Overspent> {
  const client = await writingSide(db).pool.connect();
  try {
    await client.query("begin");
    const over = await spend(client, spending, now);
    const result = over ? null : await client.query({ text: GATES[gateOf(row)], values: valuesOf(row) });
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
  return row.acting === "agent" ? "agent" : row.grantId ? "personWithGrant" : "person";
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

/**
 * Adds the outcome to an admitted row. The decision itself never changes, and was flushed to disk before; this waits for no disk,
 * so a power cut may take the last moments' outcomes along.
 */
export async function writeOutcome(db: ReadDb, useId: string, outcome: Outcome): Promise<void> {
  const text = `with soon as (select set_config('synchronous_commit', 'off', true)) update activity set upstream_status = coalesce($2, upstream_status), duration_ms = coalesce($3, duration_ms),
    reason = coalesce($4, reason), reason_text = coalesce($5, reason_text) from soon where id = $1`;
  const values = [useId, outcome.upstreamStatus ?? null, outcome.durationMs ?? null, outcome.reason ?? null, outcome.reasonText ?? null];
  await writingSide(db).pool.query({ name: "settle_use", text, values });
}

function valuesOf(row: UseRow): unknown[] {
  return COLUMNS.map(([, , value]) => value(row));
}
