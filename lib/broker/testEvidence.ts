import type { Connector } from "../connectors/connector";
import type { Probe } from "../connectors/probes";
import type { Evidence } from "../grants/evidence";
import type { ProbeAnswer } from "./testProbe";

/** What Valet's own rules said to a probe. */
export function ruleEvidence(probe: Probe, expected: Evidence["expected"], allowed: boolean): Evidence {
  const outcome = allowed === (expected === "passes") ? "as_expected" : allowed ? "open" : "does_not_pass";
  return {
    ...named(probe),
    expected,
    by: "valet",
    status: null,
    outcome,
    sentence: `${probe.label}: ${ruleWords(probe, expected, allowed)}`,
  };
}

function ruleWords(probe: Probe, expected: Evidence["expected"], allowed: boolean): string {
  if (!allowed) return "refused by Valet.";
  if (expected === "refused") return "let through by Valet, and should not be.";
  return probe.reach === "decided" ? "let through by Valet, as lent. Not sent: it could have an effect." : "let through by Valet.";
}

/**
 * What the SaaS said to a probe. Only a clear no is a no: what cannot exist may be answered "not found" by a SaaS that would
 * have let it happen. And only a clear yes is a yes: an error inside a 200 is none.
 */
export function saasEvidence(connector: Connector, probe: Probe, expected: Evidence["expected"], answer: ProbeAnswer | null): Evidence {
  const outcome = expected === "passes" ? judgeRead(answer) : judgeRefusal(answer);
  const words = saasWords(connector.name, outcome, expected, answer);
  return { ...named(probe), expected, by: "saas", status: answer?.status ?? null, outcome, sentence: `${probe.label}: ${words}` };
}

function judgeRead(answer: ProbeAnswer | null): Evidence["outcome"] {
  if (answer?.says === "data") return "as_expected";
  return answer?.says === "refused" || answer?.says === "error" ? "does_not_pass" : "unsure";
}

function judgeRefusal(answer: ProbeAnswer | null): Evidence["outcome"] {
  if (answer?.says === "refused") return "as_expected";
  return answer?.says === "data" || answer?.says === "done" ? "open" : "unsure";
}

function saasWords(name: string, outcome: Evidence["outcome"], expected: Evidence["expected"], answer: ProbeAnswer | null): string {
  if (!answer) return `${name} did not answer in time.`;
  const answered = `${name} answered ${answer.status}`;
  if (expected === "refused" && outcome === "as_expected") return `refused by ${name} (${answer.status}).`;
  if (outcome === "open") return `${answered}, and should have refused.`;
  if (outcome === "unsure") return `${answered}, which proves neither.`;
  return `${answered}${answer.says === "error" ? ", with an error" : ""}.`;
}

function named({ label, method, path }: Probe) {
  return { label, method, path };
}
