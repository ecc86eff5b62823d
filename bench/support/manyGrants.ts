import pg from "pg";
import { hashSecret, lastFour, spellSecret } from "../../lib/tokens/secret";
import type { OneAgent } from "./house";

/** How many there are to be. */
export interface Amounts {
  readonly agents: number;
  readonly grants: number;
}

/** One person, with one account, answers for so many agents. */
const AGENTS_OF_ONE = 10;

/**
 * A house grown by SQL: each row as the verbs made the pattern's, with names of its own. Answers who can ask for what: the agent of a number and its secret are
 * known without asking.
 */
export async function growHouse(databaseUrl: string, pattern: OneAgent, { agents, grants }: Amounts): Promise<(grant: number) => OneAgent> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const people = Math.ceil(agents / AGENTS_OF_ONE);
    const { rows } = await client.query("select person_id, connection_id from grants where id = $1", [pattern.grantId]);
    const { person_id: personId, connection_id: connectionId } = rows[0] as { person_id: string; connection_id: string };
    await client.query(copies("people", "'email', 'person' || n || '@bench.test'"), [personId, people]);
    await client.query(copies("connections", `'person_id', ${idOf("people", "n")}, 'account_id', 'account ' || n`), [connectionId, people]);
    const owner = `1 + (n - 1) % ${people}`;
    await client.query(copies("agents", `'name', 'Agent ' || n, 'owner_id', ${idOf("people", owner)}`), [pattern.clientId, agents]);
    const secrets = Array.from({ length: agents }, (_, index) => secretOf(index + 1));
    await client.query(CREDENTIALS, [pattern.clientId, secrets.map(hashSecret), secrets.map(lastFour)]);
    const ofAgent = `1 + (n - 1) % ${agents}`;
    const whose = `1 + (${ofAgent} - 1) % ${people}`;
    const links = `'agent_id', ${idOf("agents", ofAgent)}, 'person_id', ${idOf("people", whose)}, 'connection_id', ${idOf("connections", whose)}`;
    await client.query(copies("grants", links), [pattern.grantId, grants]);
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
  return (grant) => {
    const agent = 1 + ((grant - 1) % agents);
    return { clientId: `agt_${digits(agent)}`, clientSecret: secretOf(agent), grantId: `grt_${digits(grant)}` };
  };
}

const PREFIX = { people: "per", connections: "con", agents: "agt", grants: "grt" } as const;

/** The id of a row by its number, as SQL. */
function idOf(table: keyof typeof PREFIX, number: string): string {
  return `'${PREFIX[table]}_' || lpad((${number})::text, 26, '0')`;
}

/** Copies of the row with id `$1`, numbered from 1 to `$2`. */
function copies(table: keyof typeof PREFIX, other: string): string {
  return `insert into ${table} select copy.* from ${table} one cross join generate_series(1, $2::int) n
    cross join lateral jsonb_populate_record(one, jsonb_build_object('id', ${idOf(table, "n")}, ${other})) copy where one.id = $1`;
}

const CREDENTIALS = `insert into agent_credentials select copy.* from agent_credentials one
  cross join unnest($2::text[], $3::text[]) with ordinality secret(hash, last_four, n)
  cross join lateral jsonb_populate_record(one, jsonb_build_object('id', 'crd_' || lpad(n::text, 26, '0'), 'agent_id', ${idOf("agents", "n")},
    'hash', secret.hash, 'last_four', secret.last_four)) copy where one.agent_id = $1 and one.kind = 'secret'`;

function digits(number: number): string {
  return String(number).padStart(26, "0");
}

/** Well formed, and known: of a house that lives for minutes. */
function secretOf(agent: number): string {
  return spellSecret("agt", String(agent).padStart(30, "0"));
}
