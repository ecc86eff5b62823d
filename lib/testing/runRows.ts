import type { ActivityView } from "../activity/list";

const START = Date.parse("2026-03-02T09:00:00Z");
export const PERSON = { id: "per_ada", name: "Ada" };

/** A row of a run as a reader is shown it: an allowed call of a delegated agent in the verified run `run-1`, unless said otherwise. */
export function runRow(id: string, seconds: number, more: Partial<ActivityView> = {}): ActivityView {
  return {
    id,
    at: new Date(START + seconds * 1000),
    kind: "use",
    event: "gateway.call",
    words: "called through the gateway",
    acting: "agent",
    person: PERSON,
    agent: { id: "agt_oncall", name: "On-call" },
    owner: PERSON,
    grantId: "grt_1",
    connectionId: "con_1",
    connector: "demo",
    target: "GET /api/issues",
    decision: "allowed",
    reason: "within_grant",
    reasonText: null,
    scopes: ["issues:read"],
    delivery: "gateway",
    narrowedBy: "gateway",
    pattern: "delegated",
    chain: [],
    runId: "run-1",
    runIdVerified: "run-1",
    runIdClaimed: null,
    traceId: null,
    requestId: null,
    upstreamStatus: 200,
    durationMs: 40,
    tokenUseId: null,
    delegationId: null,
    credential: null,
    detail: null,
    ...more,
  };
}

/** The making of a token, as `runRow`. */
export function tokenRow(id: string, seconds: number, more: Partial<ActivityView> = {}): ActivityView {
  return runRow(id, seconds, { event: "token.exchange", words: "fetched access", target: "Demo Tracker: ada", durationMs: null, ...more });
}
