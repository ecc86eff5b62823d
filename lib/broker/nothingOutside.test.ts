import { text } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demo } from "../connectors/demo";
import { withContained } from "../connectors/scopes";
import { isRefusal } from "../errors";
import { mintGrant } from "../grants/mint";
import type { Bounds } from "../policy/bounds";
import { decideCall } from "../policy/decide";
import { readGraphql } from "../policy/graphql";
import { accessToken, type Lent, lend, send, type World, world } from "../testing/builders";
import { type RawApi, startRawApi } from "../testing/rawApi";

let raw: RawApi;
let here: World;
let lent: Lent;
const arrived: { method: string; url: string; body: string }[] = [];
beforeAll(async () => {
  raw = await startRawApi();
  raw.answer(async (request, response) => {
    const { method = "", url = "" } = request;
    arrived.push({ method, url, body: await text(request) });
    response.end("{}");
  });
  here = await world({ apiBaseUrl: raw.url });
  lent = await lend(here);
});
afterAll(async () => {
  await here.close();
  await raw.close();
});

const SCOPES = ["profile:read", "issues:read", "issues:comment", "issues:write", "files:read", "files:write"];

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly type: string | null;
  readonly body: string | null;
}

/** What a thing is, said by hand for the demo's API and not by its rules: the scope it takes, and the issue it is about. */
interface Effect {
  readonly scope: string;
  readonly issue: string | null;
}

const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/^GET \/api\/me$/, "profile:read"],
  [/^GET \/api\/(issues|stream)$/, "issues:read"],
  [/^GET \/api\/issues\/([^/]+)$/, "issues:read"],
  [/^POST \/api\/issues\/([^/]+)\/comments$/, "issues:comment"],
  [/^POST \/api\/issues$/, "issues:write"],
  [/^(?:PATCH|DELETE) \/api\/issues\/([^/]+)$/, "issues:write"],
  [/^GET \/api\/files(?:\/[^/]+\/content)?$/, "files:read"],
  [/^POST \/api\/files$/, "files:write"],
];
const RPC: Readonly<Record<string, string>> = {
  me: "profile:read",
  "issues.list": "issues:read",
  "issues.get": "issues:read",
  "issues.comment": "issues:comment",
  "issues.create": "issues:write",
  "issues.delete": "issues:write",
};
const FIELDS: Readonly<Record<string, string>> = { viewer: "profile:read", issues: "issues:read", createIssue: "issues:write" };

/** What a server that takes whatever it can get would do on this: an independent reading of what arrived, the most harmful one. */
function effectsOf({ method, url = "", body }: { method: string; url?: string; body: string }): Effect[] {
  const path = decodeURIComponent(url.split("?")[0] ?? "");
  const line = `${method === "HEAD" ? "GET" : method} ${path}`;
  if (line === "POST /rpc")
    return [JSON.parse(body)].flat().map(({ method: name, params }) => ({ scope: RPC[name] ?? "unknown", issue: issueOf(params) }));
  if (line === "POST /graphql")
    return [...JSON.parse(body).query.matchAll(/\b(viewer|issues|createIssue)\b/g)].map(([field]) => ({
      scope: FIELDS[field] ?? "unknown",
      issue: null,
    }));
  for (const [pattern, scope] of PLAIN) {
    const found = pattern.exec(line);
    if (found) return [{ scope, issue: found[1] ?? null }];
  }
  return [{ scope: "unknown", issue: null }];
}

function issueOf(params: unknown): string | null {
  const issue = (params as { issue?: unknown } | undefined)?.issue;
  return issue === undefined ? null : String(issue);
}

/** Whether the grant allows all of it. Issues are what the bound is about; profile and files are not. */
function isWithin(effects: readonly Effect[], scopes: readonly string[], bounds: Bounds | null): boolean {
  const within = withContained(demo, scopes);
  const only = bounds?.resources?.issue;
  return effects.every(({ scope, issue }) => {
    if (!within.includes(scope)) return false;
    return !only || !scope.startsWith("issues:") || (issue !== null && only.includes(issue));
  });
}

const issue = fc.constantFrom("1", "2", "3", "7", "07", "7%20", "%37", "x", "../7", "7/8");
const plain: fc.Arbitrary<Sent> = fc
  .tuple(
    fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
    fc.oneof(
      fc.constantFrom(
        "/api/me",
        "/api/issues",
        "/api/stream",
        "/api/files",
        "/api/files/file-1/content",
        "/api/members",
        "/oauth/token",
        "/",
      ),
      issue.map((one) => `/api/issues/${one}`),
      issue.map((one) => `/api/issues/${one}/comments`),
    ),
    fc.constantFrom("", "?issue=1", "?page=2", "?_method=DELETE", "?issue=1&issue=2"),
  )
  .map(([method, path, query]) => ({ method, target: path + query, type: null, body: null }));

const rpcCall = fc
  .tuple(
    fc.constantFrom(...Object.keys(RPC), "admin.all", "issues.get "),
    fc.option(fc.constantFrom<unknown>("1", 2, "3", 7, ["1"], { id: 1 })),
  )
  .map(([method, about]) => ({ jsonrpc: "2.0", id: 1, method, ...(about === null ? {} : { params: { issue: about } }) }));
const rpc: fc.Arbitrary<Sent> = fc
  .tuple(
    fc.oneof(rpcCall, fc.array(rpcCall, { maxLength: 3 })),
    fc.constantFrom("application/json", "application/json; charset=utf-8", "text/plain", null),
    fc.constantFrom("", "?issue=1"),
  )
  .map(([body, type, query]) => ({ method: "POST", target: `/rpc${query}`, type, body: JSON.stringify(body) }));

const graphql: fc.Arbitrary<Sent> = fc
  .tuple(
    fc.constantFrom("query", "mutation"),
    fc.subarray(["viewer { id }", "issues { id }", 'createIssue(title: "x") { id }'], { minLength: 1 }),
  )
  .map(([kind, fields]) => ({
    method: "POST",
    target: "/graphql",
    type: "application/json",
    body: JSON.stringify({ query: `${kind} { ${fields.join(" ")} }` }),
  }));

const likely: fc.Arbitrary<Sent> = fc
  .constantFrom("/api/me", "/api/issues/1", "/api/issues/2", "/api/issues/7", "/api/issues", "/api/files")
  .map((target) => ({ method: "GET", target, type: null, body: null }));

const sent = fc.oneof({ weight: 3, arbitrary: likely }, plain, rpc, graphql);
const bounds: fc.Arbitrary<Bounds | null> = fc.option(
  fc.uniqueArray(fc.constantFrom("1", "2", "3", "7"), { minLength: 1, maxLength: 2 }).map((names) => ({ resources: { issue: names } })),
);
/** Never files alone with a bound on issues: such a grant is not minted. */
const grant = fc
  .tuple(fc.subarray(SCOPES, { minLength: 2 }), bounds)
  .filter(([scopes, kept]) => kept === null || withContained(demo, scopes).some((name) => name.startsWith("issues:")));

describe("whatever is lent and whatever is sent", () => {
  it("nothing outside the grant arrives at the SaaS", async () => {
    const outcomes: boolean[] = [];
    await fc.assert(
      fc.asyncProperty(grant, fc.array(sent, { minLength: 8, maxLength: 12 }), async ([scopes, kept], requests) => {
        const { owner, connectionId, bot } = lent;
        const input = { scopes, lifetime: "1h" as const, delivery: "gateway" as const, ...(kept ? { bounds: kept } : {}) };
        const { grantId } = await mintGrant(owner, { ...input, agentId: bot.agentId, connectionId });
        const token = await accessToken(here.core, { bot, grantId });
        for (const request of requests) outcomes.push(await arrives(token, request, scopes, kept));
      }),
      { numRuns: 40, seed: 2026 },
    );
    // Neither everything nor nothing: else the above would say little.
    expect(outcomes.filter((passed) => passed).length).toBeGreaterThan(40);
    expect(outcomes.filter((passed) => !passed).length).toBeGreaterThan(40);
  });

  it("is decided so on 30,000 requests, and what is within a grant without bounds is never refused for them", () => {
    let [allowed, denied] = [0, 0];
    fc.assert(
      fc.property(grant, sent, ([scopes, kept], request) => {
        const verdict = decide(scopes, kept, request);
        if (verdict === "allow") {
          allowed++;
          const effects = effectsOf({ method: request.method, url: request.target, body: request.body ?? "" });
          if (!isWithin(effects, scopes, kept)) throw new Error(JSON.stringify({ scopes, kept, request }));
          if (kept) expect(decide(scopes, null, request)).toBe("allow");
        } else denied++;
      }),
      { numRuns: 30_000 },
    );
    expect(Math.min(allowed, denied)).toBeGreaterThan(3000);
  });
});

/** Sends it through the real gateway; fails when anything that arrives is outside the grant, or when an answer is not what arrived. */
async function arrives(token: string, request: Sent, scopes: readonly string[], kept: Bounds | null): Promise<boolean> {
  const before = arrived.length;
  const { status } = await send(here.core, `/proxy/demo${request.target}`, asInit(token, request));
  const after = arrived.slice(before);
  for (const one of after) if (!isWithin(effectsOf(one), scopes, kept)) throw new Error(JSON.stringify({ scopes, kept, request, one }));
  expect(after).toHaveLength(status === 200 ? 1 : 0);
  return status === 200;
}

function asInit(token: string, { method, type, body }: Sent): RequestInit {
  return {
    method,
    ...(body === null ? {} : { body: Buffer.from(body) }),
    headers: { authorization: `Bearer ${token}`, ...(type ? { "content-type": type } : {}) },
  };
}

function decide(scopes: readonly string[], kept: Bounds | null, { method, target, type, body }: Sent): string {
  const [path = "", query = ""] = target.split("?");
  try {
    const graphqlPart = path === "/graphql" && body !== null ? { graphql: readGraphql(body, type, query) } : {};
    const read = body === null ? null : { contentType: type, text: body };
    return decideCall(demo, scopes, { method, path: query ? `${path}?${query}` : path, query, body: read, ...graphqlPart }, kept).verdict;
  } catch (error) {
    if (isRefusal(error)) return "deny";
    throw error;
  }
}
