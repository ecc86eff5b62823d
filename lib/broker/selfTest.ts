import { change } from "../activity/change";
import type { Probe } from "../connectors/probes";
import { accessRank, findScope, withContained } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { isRefusal, notFound, Refusal } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { type Evidence, type Proof, readProof } from "../grants/evidence";
import { ownGrant } from "../grants/own";
import { judgeStanding, judgeTest, openAfter, refuseStanding } from "../grants/rules";
import { readStanding } from "../grants/standing";
import { decideCall, type Verdict } from "../policy/decide";
import { readGraphql } from "../policy/graphql";
import { type Authority, standingAuthority } from "./authority";
import { type GatewayToken, gatewayToken } from "./directAccess";
import { readAddress } from "./proxy";
import { ruleEvidence, saasEvidence } from "./testEvidence";
import { type ProbeAnswer, sendProbe } from "./testProbe";

export interface SelfTest extends Proof {
  /** Everything that should pass did, everything else was refused. */
  readonly passed: boolean;
  /** Something was open: nothing is given until a test has seen it shut. */
  readonly suspended: boolean;
}

/** For all probes together, and for the token they are made with. */
const DEADLINE_MS = 10_000;
const PARALLEL_MAX = 4;

/**
 * Attacks a grant without harm: what it should read must pass, what was not lent must be refused, by the SaaS itself where
 * the SaaS holds it. A grant with anything open is suspended from that moment, until a test has seen that shut. A SaaS that
 * is slow or away leaves it "not proven". The person who lent it. Probes that could have an effect are asked of the gateway's
 * rules only, and say so.
 *
 * Refuses `not_found`, `invalid_grant` for a grant that has ended, `too_many_requests`.
 *
 * @param until ends what is still under way.
 */
export async function testGrant(
  ctx: PersonCtx,
  input: { grantId: string },
  until: AbortSignal = AbortSignal.timeout(DEADLINE_MS),
): Promise<SelfTest> {
  const grant = await ownGrant(ctx, input.grantId);
  await ctx.limits.take("self_test", grant.id);
  const authority = await testableAuthority(ctx, grant.id);
  const token = await tokenFor(ctx, authority, until);
  const probes = authority.connector.probes ?? [];
  const usable = typeof token === "string" ? null : token;
  const evidence = (await inParallel(probes, (probe) => tryProbe(ctx, authority, probe, usable, until))).flat();
  return record(ctx, grant, authority, evidence, typeof token === "string" ? token : whyUnread(authority, evidence));
}

/** A probe reads what every account has: a grant that is kept to single things cannot be proven by that, only shown shut. */
function whyUnread({ bounds, connector }: Authority, evidence: readonly Evidence[]): string | null {
  const read = evidence.some((one) => one.by === "saas" && one.expected === "passes");
  if (read || !bounds?.resources) return null;
  return `This grant is kept to single things at ${connector.name}, and a test knows of none to read. What is shut was seen shut.`;
}

async function testableAuthority(ctx: PersonCtx, grantId: string): Promise<Authority> {
  const standing = await readStanding(ctx, grantId);
  if (!standing) throw notFound("grant");
  const reason = judgeStanding({ ...standing, suspendedAt: null }, ctx.clock.now());
  if (reason) throw refuseStanding(reason);
  return standingAuthority(ctx, standing);
}

/** The token that the gateway would use, or a sentence why there is none to test with. */
async function tokenFor(ctx: PersonCtx, authority: Authority, until: AbortSignal): Promise<GatewayToken | string> {
  const late = new Refusal("upstream_failed", `${authority.connector.name} took too long to give access.`);
  if (until.aborted) return late.message;
  const tooLate = new Promise<never>((_, reject) => until.addEventListener("abort", () => reject(late), { once: true }));
  try {
    return await Promise.race([gatewayToken(ctx, authority, authority.scopes), tooLate]);
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}

async function tryProbe(
  ctx: PersonCtx,
  authority: Authority,
  probe: Probe,
  token: GatewayToken | null,
  until: AbortSignal,
): Promise<Evidence[]> {
  const { connector } = authority;
  const verdict = decideProbe(authority, probe);
  const expected = mayPass(authority, probe, verdict) ? "passes" : "refused";
  const decided = ruleEvidence(probe, expected, verdict.verdict === "allow");
  const reads = expected === "passes" && findScope(connector, probe.scope)?.access === "read";
  // What a bound alone keeps an agent from, the SaaS knows nothing of.
  const saasHolds = expected === "refused" && !isKeptFrom(authority, probe) && probe.guarded === true && (token?.narrow ?? false);
  if (probe.reach === "decided" || !(reads || saasHolds)) return [decided];
  const answer: ProbeAnswer | null = token ? await sendProbe(ctx, connector, probe, token.accessToken, until) : null;
  return [decided, saasEvidence(connector, probe, expected, answer)];
}

/** What the gateway would say to this call, read as the gateway reads it. */
function decideProbe({ connector, scopes, bounds }: Authority, probe: Probe): Verdict {
  const { path, query } = readAddress(connector, probe.path);
  const speaksGraphql = connector.api.graphqlPath === path && probe.method === "POST";
  const graphql = speaksGraphql ? { graphql: readGraphql(JSON.stringify(probe.json ?? null), "application/json", query) } : {};
  return decideCall(connector, scopes, { method: probe.method, path, query, ...graphql }, bounds);
}

/** Lent by name, or opened by another lent scope that is no weaker: a scope that only reads must never open what does more. */
function mayPass(authority: Authority, probe: Probe, verdict: Verdict): boolean {
  const { connector, scopes } = authority;
  if (isKeptFrom(authority, probe)) return false;
  if (withContained(connector, scopes).includes(probe.scope)) return true;
  return verdict.verdict === "allow" && accessRank(findScope(connector, verdict.scope)) >= accessRank(findScope(connector, probe.scope));
}

/** Probes are aimed at what cannot exist, or at everything: nothing that a grant is kept to. */
function isKeptFrom({ connector, bounds }: Authority, { scope }: Probe): boolean {
  return (connector.resources ?? []).some(({ id, governs }) => bounds?.resources?.[id] !== undefined && governs.includes(scope));
}

/** The same order as given, a few at a time. */
async function inParallel<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = all.entries();
  const workers = Array.from({ length: PARALLEL_MAX }, async () => {
    for (const [index, one] of waiting) results[index] = await work(one);
  });
  await Promise.all(workers);
  return results;
}

async function record(
  ctx: PersonCtx,
  grant: Awaited<ReturnType<typeof ownGrant>>,
  authority: Authority,
  evidence: readonly Evidence[],
  note: string | null,
): Promise<SelfTest> {
  const testedAt = ctx.clock.now();
  const outcome = judgeTest(evidence, authority.delivery);
  return change(ctx, "grant.test", async (tx, row) => {
    // Written first, so that two tests of one grant stand in line and neither forgets what the other found.
    const now = await tx.grant.update({ where: { id: grant.id }, data: { testedAt } });
    const before = readProof(now);
    const open = openAfter(before?.open ?? [], evidence);
    const suspended = open.length > 0;
    const provenAt = outcome === "proven" ? testedAt : (before?.provenAt ?? null);
    row.target = `Grant to ${grant.agent.name}`;
    row.grantId = grant.id;
    row.agentId = grant.agentId;
    row.connectionId = grant.connectionId;
    row.connector = grant.connector;
    row.reason = { proven: "self_test_passed", open: "self_test_failed", not_proven: "self_test_not_proven" }[outcome];
    row.reasonText = evidence.find((one) => one.outcome === "open")?.sentence ?? note ?? undefined;
    row.detail = { open, asked: evidence.filter((one) => one.by === "saas").length };
    const shown = { outcome, note, open, evidence };
    const kept = { ...shown, provenAt: provenAt?.toISOString() ?? null } as unknown as Prisma.InputJsonObject;
    const suspendedAt = suspended ? (now.suspendedAt ?? testedAt) : null;
    await tx.grant.update({ where: { id: grant.id }, data: { evidence: kept, suspendedAt } });
    return { ...shown, passed: outcome === "proven", suspended, testedAt, provenAt };
  });
}
