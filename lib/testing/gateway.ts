import { expect } from "vitest";
import { type Lent, type World, watchRows } from "./builders";

export type RefusedCall = (
  work: () => Promise<Response>,
  status: number,
  code: string,
  reason: string,
  row?: object | null,
) => Promise<Record<string, string>>;

/**
 * Asserts of calls through the gateway: refused as RFC 9457 with this status, code and reason; the SaaS heard nothing; one
 * refused row by the agent of `lent` (or as given), or none with null. Answers the problem.
 */
export function refusedCalls(here: World, lent: Lent): RefusedCall {
  return async (work, status, code, reason, row = {}) => {
    const before = here.saas.calls.length;
    const { result, left } = await watchRows(here.core, work);
    const body = await result.json();
    expect([result.status, body.status, body.code, body.reason]).toEqual([status, status, code, reason]);
    expect(result.headers.get("content-type")).toBe("application/problem+json");
    expect(here.saas.calls.length).toBe(before);
    const whole = { kind: "use", event: "gateway.call", decision: "refused", reason, reasonText: body.detail, upstreamStatus: null };
    const who = { acting: "agent", agentId: lent.bot.agentId, personId: lent.owner.actor.personId, grantId: lent.grantId };
    expect(left).toMatchObject(row ? [{ ...whole, ...who, ...row }] : []);
    expect(JSON.stringify([body, left])).not.toMatch(/saas_|eyJ|vlt_/);
    return body;
  };
}
