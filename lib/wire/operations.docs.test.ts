import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Outage } from "../breakers";
import { openDatabase } from "../db";
import { createMetrics } from "../metrics";
import { askRefresher } from "../refresher/ask";
import { SECRET_SETTINGS, SETTING_NAMES } from "../settings";
import { bearer, call, exchangeGrant, lend, send, type World, world } from "../testing/builders";
import type { TestCore } from "../testing/core";

const METRICS_TOKEN = "what-prometheus-shows";
const written = readFileSync("docs/operations.md", "utf8");
const board = readFileSync("ops/grafana/valet.json", "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
const rules: Rule[] = parse(readFileSync("ops/prometheus/alerts.yaml", "utf8")).groups.flatMap((group: { rules: Rule[] }) => group.rules);

/** The first column of a section's table, and the second. */
function table(heading: string): [string, string][] {
  const section = written.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const cells = section.split("\n").flatMap((line) => (line.startsWith("| `") ? [line.split("|").map((cell) => cell.trim())] : []));
  return cells.map(([, first = "", second = ""]) => [first.replace(/`/g, ""), second.replace(/`/g, "")]);
}

/** A sample of /metrics: its name and its labels. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const RESTING: Outage = {
  connector: { id: "demo", name: "Demo Tracker" },
  host: "api.demo.example",
  door: "calls",
  since: new Date(0),
  nextTryAt: new Date(1),
  why: "down",
};
let here: World;
let samples: Sample[];
/** Metrics of ours, by their own names. */
let ours: Map<string, string[]>;
beforeAll(async () => {
  here = await world();
  const core = {
    ...here.core,
    metrics: createMetrics(() => ({ poolTotal: 1, poolWaiting: 0, flights: 0, spansDropped: 1, outages: [RESTING] }), { process: true }),
    settings: { ...here.core.settings, metricsToken: METRICS_TOKEN },
  };
  await traffic(core);
  const refresher = askRefresher({ socket: "/nowhere", token: "" }, core.clock);
  const text = await (await send({ ...core, refresher }, "/metrics", { headers: bearer(METRICS_TOKEN) })).text();
  samples = [...text.matchAll(/^([a-z_][a-z0-9_]*)(?:\{(.*)\})? /gm)].map(([, name = "", labels = ""]) => ({
    name,
    labels: labelsIn(labels),
  }));
  const names = [...text.matchAll(/^# TYPE (valet_\w+) /gm)].map(([, name]) => name as string);
  ours = new Map(names.map((name) => [name, labelNames(samples.filter((one) => one.name.replace(/_(bucket|sum|count)$/, "") === name))]));
});
afterAll(() => here.close());

/** Everything that the board and the rules look at happens once. */
async function traffic(core: TestCore): Promise<void> {
  const lent = await lend(here, { delivery: "gateway" });
  const { access_token: token } = (await (await exchangeGrant(core, lent)).json()) as { access_token: string };
  await call(core, token, "/api/issues");
  await call(core, token, "/api/issues", { method: "POST", body: "{}" });
  await exchangeGrant(core, { ...lent, bot: { ...lent.bot, clientSecret: "wrong" } });
  core.clock.advance({ minutes: 20 });
  here.saas.control.withdraw("ada");
  const { access_token: second } = (await (await exchangeGrant(core, lent)).json()) as { access_token: string };
  await call(core, second, "/api/issues");
  const nowhere = openDatabase("postgresql://nobody@127.0.0.1:9/none");
  expect((await send({ ...core, db: nowhere.db }, "/readyz")).status).toBe(503);
  await nowhere.close();
}

const labelsIn = (text: string) =>
  Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]));
const labelNames = (of: readonly Sample[]) =>
  [...new Set(of.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== "le").sort();

/** What Prometheus adds to every sample, or says of its own. */
const OF_PROMETHEUS = new Set(["instance", "job"]);

/** What is wrong with an expression: a name, a label or a value that /metrics does not have. */
function wrongIn(expression: string): string[] {
  const selectors = [...expression.matchAll(/\b((?:valet|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
  if (selectors.length === 0) return expression.startsWith("up{") ? [] : [`${expression} asks of no metric`];
  const all = new Set([...OF_PROMETHEUS, "le", ...selectors.flatMap(([, name]) => labelNames(samples.filter((one) => one.name === name)))]);
  const grouped = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, labels = ""]) => labels.split(/,\s*/));
  return [
    ...selectors.flatMap(([, name = "", matchers = ""]) => wrongSelector(name, matchers)),
    ...grouped.filter((label) => !all.has(label)).map((label) => `by ${label}`),
  ];
}

function wrongSelector(name: string, matchers: string): string[] {
  const known = samples.filter((one) => one.name === name);
  if (known.length === 0) return [name];
  return [...matchers.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].flatMap(([matcher, label = "", operator = "", value = ""]) => {
    const isThere = (sample: Sample) => (operator === "=" ? sample.labels[label] === value : label in sample.labels);
    return OF_PROMETHEUS.has(label) || known.some(isThere) ? [] : [`${name}{${matcher}}`];
  });
}

describe("the board in ops/grafana", () => {
  const expressions = () =>
    JSON.stringify(JSON.parse(board))
      .match(/"expr":"(?:[^"\\]|\\.)*"/g)
      ?.map((text) => JSON.parse(`{${text}}`).expr as string) ?? [];

  it("asks for nothing that /metrics does not have", () => {
    expect(expressions().length).toBeGreaterThan(20);
    for (const expression of expressions()) expect(wrongIn(expression), expression).toEqual([]);
  });

  it("shows every metric of ours", () => {
    const shown = expressions().join(" ");
    expect([...ours.keys()].filter((name) => !shown.includes(name))).toEqual([]);
  });

  it("lays its panels beside and below each other, each with an id of its own", () => {
    const { panels } = JSON.parse(board) as { panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[] };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe("the rules in ops/prometheus", () => {
  it("ask for nothing that /metrics does not have", () => {
    expect(rules.length).toBeGreaterThan(8);
    for (const { alert, expr } of rules) expect(wrongIn(expr), alert).toEqual([]);
  });

  it("each have a heading in docs/operations.md that says what to do, and no heading is without its rule", () => {
    const section = written.split("\n## Alerts\n")[1]?.split("\n## ")[0] ?? "";
    const headings = [...section.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(expect.arrayContaining(rules.map(({ alert }) => alert)));
    expect(new Set(headings)).toEqual(new Set(rules.map(({ alert }) => alert)));
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`/docs/operations#${alert.toLowerCase()}`);
      expect(annotations.summary).not.toBe("");
    }
  });
});

describe("docs/operations.md", () => {
  it("has a row for each metric, with its labels", () => {
    const rows = table("Metrics").map(([name, labels]) => [name, labels.split(", ").filter(Boolean).sort()]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(ours));
  });

  it("has a row for each setting, and says which are secrets", () => {
    const rows = table("Settings").map(([name]) => name);
    expect(rows.map((name) => name.replace(" (secret)", "")).sort()).toEqual([...SETTING_NAMES].sort());
    const secret = rows.filter((name) => name.endsWith(" (secret)")).map((name) => name.replace(" (secret)", ""));
    expect(secret.sort()).toEqual([...SECRET_SETTINGS].sort());
  });

  it("has a row for each event that the log can have, with its level, and for no other", () => {
    const LEVELS: Record<string, string> = { info: "information", warn: "warning", error: "error" };
    const found = sources().flatMap((text) => [
      ...[...text.matchAll(/\blog\s*\.\s*(info|warn|error)\(\s*"([\w.]+)"/g)].map(([, level = "", event = ""]) => [event, LEVELS[level]]),
      ...[...text.matchAll(/\blogBug\("([\w.]+)"/g)].map(([, event = ""]) => [event, "error"]),
    ]);
    expect(found.length).toBeGreaterThan(15);
    expect(Object.fromEntries(table("Logs"))).toEqual(Object.fromEntries(found));
    // An event whose name is put together cannot be found so: it is spelt out where it is logged.
    for (const text of sources()) expect(text).not.toMatch(/\blog\s*\.\s*(info|warn|error)\(\s*`/);
  });
});

/** What runs: no tests and none of their tools. */
function sources(): string[] {
  const inFolders = ["lib", "app"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
  );
  const files = [...inFolders, ...readdirSync(".")].filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.startsWith("lib/testing/") && !path.startsWith("lib/generated/"),
  );
  return files.map((path) => readFileSync(path, "utf8"));
}
