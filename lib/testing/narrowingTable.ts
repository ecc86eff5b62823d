/** One way in which a connection was lent read-only, and what came of it. */
export interface NarrowingRow {
  readonly connector: string;
  /** What the person gave on connecting. */
  readonly holds: string;
  readonly narrowedBy: string;
  readonly delivery: string;
  readonly read: string;
  readonly refused: string;
  readonly by: string;
  readonly selfTest: string;
}

const COLUMNS: readonly (readonly [title: string, of: keyof NarrowingRow])[] = [
  ["Connector", "connector"],
  ["The account gave", "holds"],
  ["Narrowed by", "narrowedBy"],
  ["Delivered", "delivery"],
  ["A read", "read"],
  ["Writes refused", "refused"],
  ["By whom", "by"],
  ["Self-test", "selfTest"],
];

const HEAD = `# What narrows each connector

Made by a test run, never by hand: \`npm run narrowing-table\` writes this page, and \`npm run check\` fails when it is not what the
run shows. For each connector a person connects an account at a strict pretend SaaS that keeps to the connector's data (its rotation, its
narrowing, its probes), lends everything that reads and nothing that writes, and an agent exchanges the grant and calls. _Everything_ is an
account that gave every scope, _reads_ one that gave only those that read. _Gateway_: Valet judges each call, and the pretend SaaS heard
nothing of what was refused. _Direct_: the agent held a token of the SaaS, which refused it itself. What the real SaaS do is written
down in \`lib/connectors\`, with what is not verified.
`;

/** The page, with rows that differ in what the account gave alone written as one. */
export function writeNarrowingTable(rows: readonly NarrowingRow[]): string {
  const cells = [COLUMNS.map(([title]) => title), ...merge(rows).map((row) => COLUMNS.map(([, of]) => row[of].replaceAll("|", "\\|")))];
  const widths = COLUMNS.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = "", ...body] = cells.map(line);
  return `${HEAD}\n${[head, line(widths.map((width) => "-".repeat(width))), ...body].join("\n")}\n`;
}

function merge(rows: readonly NarrowingRow[]): NarrowingRow[] {
  const merged = new Map<string, NarrowingRow>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, holds: "" });
    const same = merged.get(key);
    merged.set(key, same ? { ...same, holds: `${same.holds} or ${row.holds}` } : row);
  }
  return [...merged.values()];
}
