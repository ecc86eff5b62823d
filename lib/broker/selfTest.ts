import { change } from "../activity/change";
import type { Connector, Probe } from "../connectors/connector";
import { withContained } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { isRefusal, notFound } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { ownGrant } from "../grants/own";
import { judgeStanding, refuseStanding } from "../grants/rules";
import { readStanding } from "../grants/standing";
import { decideCall } from "../policy/decide";
import { type Authority, standingAuthority } from "./authority";
import { type GatewayToken, gatewayToken } from "./directAccess";
import { sendUpstream } from "./upstream";

/** What one probe showed. */
export interface Evidence {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly expected: "passes" | "refused";
  /** Who decided: Valet's rules, or the SaaS. */
  readonly by: "valet" | "saas";
  /** The SaaS's answer; null when nothing was sent. */
  readonly status: number | null;
  /** `open`: it should have been refused and was not. `unsure`: the answer proves neither. */
  readonly outcome: "as_expected" | "open" | "does_not_pass" | "unsure";
  readonly sentence: string;
}

export interface SelfTest {
  readonly passed: boolean;
  readonly testedAt: Date;
  readonly evidence: readonly Evidence[];
}

/**
 * Attacks a grant without harm: what it should read must pass, what was not lent must be refused, by the SaaS itself where
 * the SaaS holds it. A grant with anything open is suspended from that moment; a later test that passes lifts it. The person
 * who lent it. Probes that could have an effect are asked of the gateway's rules only, and say so.
 */
export async function testGrant(ctx: PersonCtx, input: { grantId: string }): Promise<SelfTest> {
  const grant = await ownGrant(ctx, input.grantId);
  const authority = await testableAuthority(ctx, grant.id);
  const probes = authority.connector.probes ?? [];
  const token = await gatewayToken(ctx, authority, authority.scopes);
  const evidence: Evidence[] = [];
  for (const probe of probes) evidence.push(...(await tryProbe(ctx, authority, probe, token)));
  return record(ctx, grant, evidence);
}

async function testableAuthority(ctx: PersonCtx, grantId: string): Promise<Authority> {
  const standing = await readStanding(ctx, grantId);
  if (!standing) throw notFound("grant");
  const reason = judgeStanding({ ...standing, suspendedAt: null }, ctx.clock.now());
  if (reason) throw refuseStanding(reason);
  return standingAuthority(ctx, standing);
}

async function tryProbe(ctx: PersonCtx, authority: Authority, probe: Probe, token: GatewayToken): Promise<Evidence[]> {
  const lent = isWithin(authority, probe);
  const decided = decideProbe(authority, probe, lent);
  const reads = lent && probe.method === "GET";
  // What a bound alone keeps an agent from, the SaaS knows nothing of.
  const saasHolds = !isLent(authority, probe) && token.narrow;
  if (probe.reach === "decided" || !(reads || saasHolds)) return [decided];
  const status = await askStatus(ctx, authority.connector, probe, token.accessToken);
  return [decided, reads ? readEvidence(authority, probe, status) : refusalEvidence(authority, probe, status)];
}

/** Lent, and not outside what the grant is kept to: probes are aimed at what cannot exist, which no grant is kept to. */
function isWithin({ connector, scopes, bounds }: Authority, probe: Probe): boolean {
  if (!isLent({ connector, scopes }, probe)) return false;
  const kept = (connector.resources ?? []).filter(({ id }) => bounds?.resources?.[id] !== undefined);
  return !kept.some(({ governs }) => governs.includes(probe.scope));
}

function isLent({ connector, scopes }: Pick<Authority, "connector" | "scopes">, probe: Probe): boolean {
  return withContained(connector, scopes).includes(probe.scope);
}

function decideProbe(authority: Authority, probe: Probe, lent: boolean): Evidence {
  const allowed = decideCall(authority.connector, authority.scopes, probe, authority.bounds).verdict === "allow";
  const expected = lent ? "passes" : "refused";
  const asExpected = allowed === lent;
  const outcome = asExpected ? "as_expected" : allowed ? "open" : "does_not_pass";
  const tail = lent && probe.method !== "GET" ? " Not sent: it could have an effect." : "";
  const sentence = `${probe.label}: ${allowed ? "Valet's rules let it through." : "refused by Valet's rules."}${tail}`;
  return { ...named(probe), expected, by: "valet", status: null, outcome, sentence };
}

function readEvidence(authority: Authority, probe: Probe, status: number | null): Evidence {
  const passed = status !== null && status >= 200 && status < 300;
  const outcome = passed ? "as_expected" : status === 401 || status === 403 ? "does_not_pass" : "unsure";
  return { ...named(probe), expected: "passes", by: "saas", status, outcome, sentence: `${probe.label}: ${answered(authority, status)}.` };
}

/** Only a clear no is a no: what cannot exist may be answered "not found" by a SaaS that would have let it happen. */
function refusalEvidence(authority: Authority, probe: Probe, status: number | null): Evidence {
  const refused = status === 401 || status === 403;
  const done = status !== null && status >= 200 && status < 300;
  const outcome = refused ? "as_expected" : done ? "open" : "unsure";
  return { ...named(probe), expected: "refused", by: "saas", status, outcome, sentence: `${probe.label}: ${answered(authority, status)}.` };
}

function named({ label, method, path }: Probe) {
  return { label, method, path };
}

function answered({ connector }: Authority, status: number | null): string {
  return status === null ? `${connector.name} did not answer` : `${connector.name} answered ${status}`;
}

async function askStatus(ctx: PersonCtx, connector: Connector, probe: Probe, token: string): Promise<number | null> {
  const json = probe.json === undefined ? null : JSON.stringify(probe.json);
  const headers = new Headers({ accept: "application/json", ...(json ? { "content-type": "application/json" } : {}) });
  const call = { method: probe.method, pathAndQuery: probe.path, headers, body: json, signal: AbortSignal.timeout(10_000) };
  try {
    const answer = await sendUpstream(ctx, connector, call, token);
    await answer.body.dump();
    return answer.statusCode;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

async function record(ctx: PersonCtx, grant: Awaited<ReturnType<typeof ownGrant>>, evidence: readonly Evidence[]): Promise<SelfTest> {
  const testedAt = ctx.clock.now();
  const open = evidence.filter((one) => one.outcome === "open");
  await change(ctx, "grant.test", async (tx, row) => {
    row.target = `Grant to ${grant.agent.name}`;
    row.grantId = grant.id;
    row.agentId = grant.agentId;
    row.connectionId = grant.connectionId;
    row.connector = grant.connector;
    row.reason = open.length > 0 ? "self_test_failed" : "self_test_passed";
    row.reasonText = open[0]?.sentence;
    const kept = evidence as unknown as Prisma.InputJsonArray;
    await tx.grant.update({ where: { id: grant.id }, data: { testedAt, evidence: kept, suspendedAt: open.length > 0 ? testedAt : null } });
  });
  return { passed: open.length === 0, testedAt, evidence };
}
