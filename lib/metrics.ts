import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, type MetricObject, Registry } from "prom-client";
import type { Outage } from "./breakers";

/** What operators watch, in Prometheus' terms. Labels come from closed sets: nothing a caller sends becomes one. */
export interface Metrics {
  /** One answer of the broker. `endpoint` is a name of ours, such as "token" or "gateway". */
  request(endpoint: string, status: number, seconds: number): void;
  /** One attempt to spend authority, with the ledger's reason. */
  use(event: string, decision: "allowed" | "refused", reason: string, seconds: number): void;
  /** One asking of a SaaS for new tokens: "renewed", or the reason that it failed for. */
  refresh(connector: string, outcome: string): void;
  /** What this process has counted of Valet's own, to be added to another's. */
  numbers(): Promise<Numbers>;
  /** Everything as Prometheus reads it (text format 0.0.4), with the numbers of the process beside this one added. */
  text(others?: readonly Numbers[]): Promise<string>;
}

export type Numbers = readonly object[];

/** What is true at the moment of reading. */
export interface Watched {
  readonly poolTotal: number;
  readonly poolWaiting: number;
  readonly flights: number;
  readonly spansDropped: number;
  readonly outages?: readonly Outage[];
}

/** From a tenth of a millisecond to ten seconds. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param options `process`: also the process's own memory, processor time and event-loop lag. */
export function createMetrics(watched: () => Watched, options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const ofProcess = new Registry();
  if (options.process) collectDefaultMetrics({ register: ofProcess });
  const registers = [registry];
  const requests = new Histogram({
    name: "valet_http_request_duration_seconds",
    help: "Time to the first byte of an answer of the broker.",
    labelNames: ["endpoint", "status"],
    buckets: SECONDS,
    registers,
  });
  const uses = new Counter({
    name: "valet_uses_total",
    help: "Attempts to spend authority, by what the ledger says of them.",
    labelNames: ["event", "decision", "reason"],
    registers,
  });
  const useSeconds = new Histogram({
    name: "valet_use_duration_seconds",
    help: "From an attempt to spend authority to its committed row or refusal, the SaaS's own time included.",
    labelNames: ["event", "decision"],
    buckets: SECONDS,
    registers,
  });
  const refreshes = new Counter({
    name: "valet_refreshes_total",
    help: "Askings of a SaaS for new tokens.",
    labelNames: ["connector", "outcome"],
    registers,
  });
  gauge("valet_database_connections", "Open connections to PostgreSQL.", ({ poolTotal }) => poolTotal);
  gauge("valet_database_waiting", "Queries that wait for a connection.", ({ poolWaiting }) => poolWaiting);
  gauge("valet_refreshes_under_way", "Connections whose tokens are being renewed by this process.", ({ flights }) => flights);
  new Counter({
    name: "valet_trace_spans_dropped_total",
    help: "Spans that the OpenTelemetry collector did not take.",
    registers,
    collect() {
      this.reset();
      this.inc(watched().spansDropped);
    },
  });
  resting(registers, () => watched().outages ?? []);
  return {
    request: (endpoint, status, seconds) => requests.observe({ endpoint, status }, seconds),
    use(event, decision, reason, seconds) {
      uses.inc({ event, decision, reason });
      useSeconds.observe({ event, decision }, seconds);
    },
    refresh: (connector, outcome) => refreshes.inc({ connector, outcome }),
    numbers: () => registry.getMetricsAsJSON(),
    async text(others = []) {
      const all = [await registry.getMetricsAsJSON(), ...others] as MetricObject[][];
      const [own, counted] = await Promise.all([ofProcess.metrics(), AggregatorRegistry.aggregate(all).metrics()]);
      return own + counted;
    },
  };

  function gauge(name: string, help: string, read: (now: Watched) => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(watched()));
      },
    });
  }
}

/** A connector that was never shut has no line; one that is open again has a zero. */
function resting(registers: Registry[], outages: () => readonly Outage[]): void {
  const seen = new Set<string>();
  new Gauge({
    name: "valet_saas_resting",
    help: "Hosts of a SaaS that Valet does not ask just now, since they are down or asked it to wait: by the breakers of this process.",
    labelNames: ["connector", "door"],
    registers,
    collect() {
      for (const { connector, door } of outages()) seen.add(`${connector.id} ${door}`);
      for (const name of seen) {
        const [connector = "", door = ""] = name.split(" ");
        this.set({ connector, door }, outages().filter((one) => one.connector.id === connector && one.door === door).length);
      }
    },
  });
}
