import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { mintGrant } from "../grants/mint";
import { accessToken, call, connect, type World, world } from "../testing/builders";
import { handOn, link } from "../testing/chains";
import { agent, person, type SeededAgent } from "../testing/people";
import { type RawApi, startRawApi } from "../testing/rawApi";

let raw: RawApi;
let here: World;
let owner: PersonCtx;
let connectionId: string;
const agents: SeededAgent[] = [];
beforeAll(async () => {
  raw = await startRawApi();
  raw.answer((_request, response) => void response.end("{}"));
  here = await world({ apiBaseUrl: raw.url });
  owner = await person(here.core);
  connectionId = await connect(owner);
  for (let index = 0; index < 6; index += 1) agents.push(await agent(here.core, owner, { name: `Agent ${index}` }));
});
afterAll(async () => {
  await here.close();
  await raw.close();
});

const SCOPES = ["profile:read", "issues:read", "issues:comment"];
const DETAILS = "urn:valet:params:oauth:authorization-details:connector-access";

/** What a token may do, as a person would write it down: absent is "no limit". */
interface Rights {
  readonly scopes: readonly string[];
  readonly issues?: readonly string[];
  readonly hour?: number;
  readonly writes?: number;
  readonly calls?: number;
  readonly seconds: number;
}
interface Ask extends Partial<Rights> {
  readonly linked: boolean;
  readonly again: boolean;
}

const names = fc.uniqueArray(fc.constantFrom("7", "8", "9"), { minLength: 1, maxLength: 3 });
const limit = (from: number, to: number) => fc.integer({ min: from, max: to });
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined, freq: 1 });
const ask: fc.Arbitrary<Ask> = fc.record({
  scopes: fc.option(fc.subarray(SCOPES, { minLength: 1 }), { nil: undefined, freq: 1 }),
  issues: fc.option(names, { nil: undefined, freq: 1 }),
  hour: fc.option(limit(2, 9), { nil: undefined, freq: 1 }),
  writes: fc.option(limit(0, 2), { nil: undefined, freq: 1 }),
  calls: fc.option(limit(1, 6), { nil: undefined, freq: 1 }),
  seconds: fc.option(limit(1, 1200), { nil: undefined, freq: 1 }),
  linked: fc.constantFrom(true, true, true, true, true, true, false),
  again: fc.constantFrom(false, false, false, true),
}) as fc.Arbitrary<Ask>;
const lent = fc.record({
  scopes: fc.subarray(SCOPES, { minLength: 2 }),
  issues: optional(names),
  hour: optional(limit(4, 9)),
  writes: optional(limit(1, 2)),
});

/** The whole rule, in the fewest words: nobody may have more than there was. */
function isLess(inner: Rights, outer: Rights): boolean {
  const number = (name: "hour" | "writes" | "calls" | "seconds") =>
    (inner[name] ?? Number.POSITIVE_INFINITY) <= (outer[name] ?? Number.POSITIVE_INFINITY);
  const issues = !outer.issues || (inner.issues?.every((one) => outer.issues?.includes(one)) ?? false);
  // What may comment may read as well, at this service.
  return (
    inner.scopes.every((one) => opened(outer.scopes).includes(one)) &&
    issues &&
    (["hour", "writes", "calls", "seconds"] as const).every(number)
  );
}
const opened = (scopes: readonly string[]) => (scopes.includes("issues:comment") ? [...new Set([...scopes, "issues:read"])] : scopes);
const aboutIssues = (scopes: readonly string[]) => scopes.some((one) => one.startsWith("issues:"));

/** What an ask comes to over what there is. Time is cut and never refused; the rest is refused when it is more. */
function expected(parent: Rights, asked: Ask, hops: number): Rights | null {
  const { linked, again: _again, ...wanted } = asked;
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const rights = { ...parent, ...given, seconds: Math.min(parent.seconds, asked.seconds ?? 900) };
  if (asked.issues && !aboutIssues(rights.scopes)) return null;
  return linked && hops < 4 && isLess(rights, parent) ? rights : null;
}

function formOf({ scopes, issues, hour, writes, calls, seconds }: Ask): Record<string, string> {
  const details = { resources: issues && { issue: issues }, calls_per_hour: hour, writes_per_run: writes, calls };
  const isAsked = Object.values(details).some((one) => one !== undefined);
  return {
    scope: scopes?.join(" ") ?? "",
    authorization_details: isAsked ? JSON.stringify([{ type: DETAILS, ...details }]) : "",
    expires_in: seconds === undefined ? "" : String(seconds),
  };
}

interface Answer {
  readonly access_token: string;
  readonly scope: string;
  readonly expires_in: number;
  readonly authorization_details?: [{ resources?: { issue?: string[] }; calls_per_hour?: number; writes_per_run?: number; calls?: number }];
}

function rightsOf({ scope, expires_in, authorization_details: [details] = [{}] }: Answer): Rights {
  const limits = { issues: details.resources?.issue, hour: details.calls_per_hour, writes: details.writes_per_run, calls: details.calls };
  const set = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return { scopes: scope.split(" "), seconds: expires_in, ...set };
}

const SENT: [method: string, path: string][] = [
  ["GET", "/api/me"],
  ["GET", "/api/issues/7"],
  ["GET", "/api/issues/9"],
  ["GET", "/api/issues"],
  ["POST", "/api/issues/8/comments"],
  ["POST", "/api/issues"],
];
const statusOf = async (token: string, [method, path]: [string, string]) => (await call(here.core, token, path, { method })).status;

/** A chain as far as it has come: its tokens, the grant's own first, and what the last of them may do. */
interface Reached {
  readonly grantId: string;
  readonly tokens: string[];
  readonly links: Set<number>;
  rights: Rights;
}

const seen = { handedOn: 0, refused: 0, deepest: 0, passed: 0, stopped: 0 };
const agentAt = (index: number) => agents[index] as SeededAgent;
const set = (members: object) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
const sorted = (rights: Rights) => ({ ...rights, scopes: [...rights.scopes].sort() });

async function lendIt(grant: Pick<Rights, "scopes" | "issues" | "hour" | "writes">): Promise<Reached> {
  const issues = aboutIssues(grant.scopes) ? grant.issues : undefined;
  const bounds = set({ resources: issues && { issue: issues }, callsPerHour: grant.hour, writesPerRun: grant.writes });
  const input = { agentId: agentAt(0).agentId, connectionId, lifetime: "1h" as const, delivery: "gateway" as const, bounds };
  const { grantId } = await mintGrant(owner, { ...input, scopes: [...grant.scopes] });
  const tokens = [await accessToken(here.core, { bot: agentAt(0), grantId })];
  return { grantId, tokens, links: new Set(), rights: { ...set({ ...grant, issues }), scopes: grant.scopes, seconds: 900 } };
}

/** One try to hand on, and whether it came out as the model says. */
async function tryIt(chain: Reached, one: Ask): Promise<void> {
  const { tokens, links, grantId, rights } = chain;
  const hops = tokens.length - 1;
  const [from, to] = [agentAt(hops), agentAt(hops + 1)];
  if (one.linked && !links.has(hops)) await link({ owner, grantId }, from.agentId, to.agentId);
  if (one.linked) links.add(hops);
  const asked = { ...one, linked: links.has(hops) };
  const want = expected(rights, asked, hops);
  const answer = (await (await handOn(here.core, from, tokens[hops] as string, to, formOf(asked))).json()) as Answer;
  expect("access_token" in answer, JSON.stringify({ rights, asked, answer })).toBe(want !== null);
  seen[want ? "handedOn" : "refused"] += 1;
  if (!want) return;
  const got = rightsOf(answer);
  expect(sorted(got)).toEqual(sorted(want));
  expect(isLess(got, rights)).toBe(true);
  if (one.again) expect((await (await handOn(here.core, from, tokens[hops] as string, to)).json()).reason).toBe("token_spent");
  tokens.push(answer.access_token);
  chain.rights = got;
  seen.deepest = Math.max(seen.deepest, tokens.length);
}

/** From the first to the last: what one is refused, none after it gets. */
async function sendIt({ tokens, rights }: Reached, request: [string, string]): Promise<void> {
  let refusedBefore = false;
  for (const token of tokens) {
    const passes = (await statusOf(token, request)) < 300;
    expect(passes && refusedBefore, JSON.stringify({ request, rights })).toBe(false);
    refusedBefore ||= !passes;
    seen[passes ? "passed" : "stopped"] += 1;
  }
}

it("whatever is lent and asked, each hop has the same or less than the one before, exactly as a small model says", async () => {
  const asks = fc.array(ask, { minLength: 2, maxLength: 6 });
  const sent = fc.array(fc.constantFrom(...SENT), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(lent, asks, sent, async (grant, tries, requests) => {
      const chain = await lendIt(grant);
      for (const one of tries) if (chain.tokens.length < agents.length) await tryIt(chain, one);
      for (const request of requests) await sendIt(chain, request);
    }),
    { numRuns: 40, seed: 2026 },
  );
  // Neither everything nor nothing: else the above would say little.
  expect(Math.min(seen.handedOn, seen.refused, seen.passed, seen.stopped)).toBeGreaterThan(20);
  expect(seen.deepest).toBeGreaterThanOrEqual(4);
}, 240_000);
