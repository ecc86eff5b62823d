/**
 * What a decision costs, by how many rules a connector has: `npx tsx bench/decide.ts`. All sizes in one interleaved run, so
 * that a busy machine is as busy for each; the figures to quote are the ratios.
 */
import type { Connector, Rule } from "../lib/connectors/connector";
import { demo } from "../lib/connectors/demo";
import { decideCall } from "../lib/policy/decide";
import { matchPath, readPath } from "../lib/policy/path";

const SIZES = [10, 100, 1000] as const;
const ROUNDS = 400;
const CALLS_PER_ROUND = 50;

interface Subject {
  readonly name: string;
  readonly rules: number;
  readonly run: (index: number) => unknown;
}

/** Rules as a real connector has them: everything below one template, ten things to a scope, read and write. */
function connectorOf(rules: number): Connector {
  const opens = Array.from(
    { length: rules },
    (_, index): Rule => ({ methods: index % 2 ? ["POST"] : ["GET"], path: `/repos/*/*/part${index}/*` }),
  );
  const scopes = Array.from({ length: rules / 10 }, (_, index) => ({
    name: `part${index}:read`,
    label: `Read part ${index}`,
    access: "read" as const,
    opens: opens.slice(index * 10, index * 10 + 10),
  }));
  return { ...demo, id: `bench${rules}`, scopes, exceptions: [] };
}

/** Every rule tried in turn: what a decision would cost without the index, to see what that is worth. */
function tryAll(connector: Connector, path: string): number {
  const asked = readPath(path).path;
  return connector.scopes.reduce((count, { opens }) => count + opens.filter((rule) => matchPath(rule.path, asked)).length, 0);
}

function subjects(): Subject[] {
  return SIZES.flatMap((rules) => {
    const connector = connectorOf(rules);
    const granted = connector.scopes.map(({ name }) => name);
    const pathOf = (index: number) => `/repos/acme/site/part${(index * 7) % rules}/${index}`;
    const call = (index: number) => ({ method: ((index * 7) % rules) % 2 ? "POST" : "GET", path: pathOf(index) });
    const bounds = { callsPerHour: 5 };
    return [
      { name: "allowed", rules, run: (index: number) => decideCall(connector, granted, call(index), bounds) },
      {
        name: "refused",
        rules,
        run: (index: number) => decideCall(connector, granted.slice(0, 1), { method: "GET", path: `/users/${index}` }),
      },
      { name: "each rule tried in turn", rules, run: (index: number) => tryAll(connector, pathOf(index)) },
    ];
  });
}

function measure(all: readonly Subject[]): Map<Subject, number[]> {
  const times = new Map(all.map((subject) => [subject, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const subject of all) {
      const begun = process.hrtime.bigint();
      for (let index = 0; index < CALLS_PER_ROUND; index++) subject.run(round * CALLS_PER_ROUND + index);
      const nanoseconds = Number(process.hrtime.bigint() - begun) / CALLS_PER_ROUND;
      // The first rounds belong to the compiler.
      if (round >= ROUNDS / 4) times.get(subject)?.push(nanoseconds);
    }
  }
  return times;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(times: Map<Subject, number[]>): void {
  const rows = [...times].map(([{ name, rules }, values]) => ({ name, rules, microseconds: median(values) / 1000 }));
  const base = (name: string) => rows.find((row) => row.name === name && row.rules === SIZES[0])?.microseconds ?? Number.NaN;
  process.stdout.write("## A decision\n\n| decision | rules | median | against 10 rules |\n| --- | ---: | ---: | ---: |\n");
  for (const { name, rules, microseconds } of rows.sort((left, right) => left.name.localeCompare(right.name) || left.rules - right.rules))
    process.stdout.write(`| ${name} | ${rules} | ${microseconds.toFixed(2)} µs | ${(microseconds / base(name)).toFixed(2)} |\n`);
}

print(measure(subjects()));
