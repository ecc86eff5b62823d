import { Counter, Gauge, Registry } from "prom-client";
import type { Core } from "../ctx";
import type { Numbers } from "../metrics";
import { refresherNumbers } from "../refresher/verbs";

/** What the refresher has counted, and how it is itself. Nothing where one process does all. */
export async function refresherMetrics(core: Core): Promise<readonly Numbers[]> {
  if (!core.refresher) return [];
  const counted = await core.refresher.alive().then(
    () => refresherNumbers(core, null).catch(() => null),
    () => null,
  );
  const about = await aboutIt(core.refresher, counted !== null);
  return counted ? [about, counted] : [about];
}

function aboutIt(refresher: NonNullable<Core["refresher"]>, answers: boolean): Promise<Numbers> {
  const registers = [new Registry()] as const;
  const last = refresher.lastAnswer();
  new Gauge({
    name: "valet_refresher_up",
    help: "1 while the process that renews access answers, 0 while it does not.",
    registers: [...registers],
  }).set(answers ? 1 : 0);
  new Counter({
    name: "valet_refresher_started_again_total",
    help: "How often the process that renews access had to be started again, as it said last.",
    registers: [...registers],
  }).inc(last?.self.startedAgain ?? 0);
  new Gauge({
    name: "valet_refresher_last_answer_timestamp_seconds",
    help: "When the process that renews access answered last; 0 before its first answer.",
    registers: [...registers],
  }).set((last?.at.getTime() ?? 0) / 1000);
  return registers[0].getMetricsAsJSON();
}
