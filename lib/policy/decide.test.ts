import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Connector, Rule } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { github } from "../connectors/github";
import { connectors } from "../connectors/registry";
import { Refusal } from "../errors";
import { type Call, decideCall } from "./decide";
import { readPath } from "./path";

describe("what an agent is told", () => {
  it("is what it may, and the smallest permission that it lacks", () => {
    expect(decideCall(demo, ["issues:read"], { method: "POST", path: "/api/issues" })).toEqual({
      verdict: "deny",
      reason: "outside_grant",
      smallestScope: "issues:write",
      rule: { methods: ["POST"], path: "/api/issues" },
      sentence: 'This grant may read issues. This call needs "Change issues" (issues:write), which was not lent.',
    });
  });

  it("is that nothing opens a call that Valet does not know, without repeating it", () => {
    expect(decideCall(demo, ["admin"], { method: "POST", path: "/api/launch-codes" })).toEqual({
      verdict: "deny",
      reason: "unknown_call",
      sentence: "No permission that Valet knows at Demo Tracker opens this call, and what it does not know it refuses.",
    });
  });

  it("is why a call is never sent, and what to do instead", () => {
    expect(decideCall(github, ["repo"], { method: "GET", path: "/repos/o/r/zipball/main" })).toMatchObject({
      reason: "exception",
      sentence: expect.stringMatching(
        /^Valet never sends this call to GitHub\. GitHub answers this with a link .+ through \/contents or \/git\.$/,
      ),
    });
  });

  it("is the rule, when the call is opened", () => {
    const verdict = decideCall(demo, ["issues:read"], { method: "HEAD", path: "/api/issues/7" });
    expect(verdict).toEqual({
      verdict: "allow",
      scope: "issues:read",
      rule: { methods: ["GET"], path: "/api/issues/*" },
      calls: 1,
      writes: 0,
      resources: ["issue:7"],
    });
  });
});

describe("a grant", () => {
  it("of nothing, or of names that nobody knows, opens nothing", () => {
    for (const granted of [[], ["nonsense"], ["__proto__"]])
      expect(decideCall(demo, granted, { method: "GET", path: "/api/me" })).toMatchObject({
        reason: "outside_grant",
        smallestScope: "profile:read",
      });
  });

  it("opens no path that can be read in two ways", () => {
    for (const path of ["/api/issues/../members", "/api//issues", "/api/issues/%2e%2e", "api/issues"])
      expect(() => decideCall(demo, ["issues:read"], { method: "GET", path })).toThrowError(Refusal);
  });

  it("opens the GraphQL path by no rule that does not look into the document", () => {
    const careless: Connector = {
      ...demo,
      scopes: [{ name: "all", label: "Do all", access: "admin", opens: [{ methods: ["POST"], path: "/**" }] }],
    };
    expect(decideCall(careless, ["all"], { method: "POST", path: "/other" }).verdict).toBe("allow");
    expect(decideCall(careless, ["all"], { method: "POST", path: "/graphql", graphql: { kind: "query", rootFields: ["a"] } }).verdict).toBe(
      "deny",
    );
    expect(decideCall(careless, ["all"], { method: "POST", path: "/graphql" }).verdict).toBe("deny");
  });
});

/** A second opinion on the words of `Rule` alone: regular expressions, repeated passes, no code of the first. */
function slowlyAllowed(connector: Connector, granted: readonly string[], call: Call): boolean {
  const hit = ({ methods, path }: Pick<Rule, "methods" | "path">, flags = "") =>
    methods.includes(call.method === "HEAD" ? "GET" : call.method) && slowPattern(path, flags).test(call.path);
  if (connector.exceptions.some((one) => hit(one, "i"))) return false;
  // A batch without its body is one that nobody has read.
  if (connector.api.batches?.some((batch) => hit(batch, "i"))) return false;
  const rules = slowClosure(connector, granted).filter((rule) => hit(rule));
  if (call.path !== connector.api.graphqlPath) return rules.some((rule) => !rule.graphql);
  const { kind, rootFields } = call.graphql ?? { kind: "none", rootFields: [] };
  return (
    rootFields.length > 0 &&
    rootFields.every((field) => rules.some((rule) => rule.graphql === kind && (rule.rootFields ?? [field]).includes(field)))
  );
}

function slowClosure(connector: Connector, granted: readonly string[]): Rule[] {
  let names = new Set(granted);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    names = new Set([...names, ...connector.scopes.filter((scope) => names.has(scope.name)).flatMap((scope) => scope.contains ?? [])]);
  }
  return connector.scopes.filter((scope) => names.has(scope.name)).flatMap((scope) => scope.opens);
}

const patterns = new Map<string, RegExp>();
function slowPattern(template: string, flags: string): RegExp {
  const known = patterns.get(flags + template);
  if (known) return known;
  const open = template.endsWith("/**");
  const body = (open ? template.slice(0, -3) : template)
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("/*/", "/[^/]+/")
    .replaceAll("/*/", "/[^/]+/");
  const made = new RegExp(`^${body.replace(/\/\*$/, "/[^/]+").replaceAll("*", "[^/]*")}${open ? "(/[^/]+)*" : ""}$`, flags);
  patterns.set(flags + template, made);
  return made;
}

const METHODS = ["GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get"];
const word = fc.constantFrom(
  "a",
  "me",
  "x.y",
  "1:get",
  "Issues",
  "issues",
  "comments",
  "content",
  "watch",
  "special",
  "logs",
  "tarball",
  "$batch",
);

/** Paths near the rules: a template filled in, then perhaps one segment changed, dropped or added. */
function nearPath(connector: Connector): fc.Arbitrary<string> {
  const templates = [...connector.scopes.flatMap((scope) => scope.opens), ...connector.exceptions].map((rule) => rule.path);
  return fc
    .tuple(fc.constantFrom(...templates), fc.array(word, { minLength: 4, maxLength: 4 }), fc.nat(9), fc.nat(8))
    .map(([template, words, change, at]) => {
      let next = 0;
      const fill = () => words[next++ % words.length] ?? "a";
      const segments = template
        .slice(1)
        .split("/")
        .flatMap((one) => (one === "**" ? words.slice(0, at % 3) : [one.replace("*", fill)]));
      if (change === 0) segments.splice(at % (segments.length + 1), 0, fill());
      if (change === 1) segments.splice(at % segments.length, 1);
      if (change === 2) segments[at % segments.length] = fill();
      if (change === 3) segments.push(fill());
      return `/${segments.join("/")}`;
    });
}

function nearCall(connector: Connector): fc.Arbitrary<Call> {
  const fields = [...new Set(connector.scopes.flatMap(({ opens }) => opens.flatMap((rule) => rule.rootFields ?? []))), "viewer", "launch"];
  const graphql = fc.record({
    kind: fc.constantFrom("query", "mutation", "subscription"),
    rootFields: fc.array(fc.constantFrom(...fields), { maxLength: 3 }),
  });
  return fc
    .tuple(fc.constantFrom(...METHODS), nearPath(connector), fc.option(graphql, { nil: undefined }))
    .map(([method, path, maybe]) => ({ method, path, ...(maybe ? { graphql: maybe } : {}) }));
}

const scopesOf = (connector: Connector) => fc.subarray([...connector.scopes.map(({ name }) => name), "unknown"]);
const anyConnector = fc.constantFrom(...connectors);

describe("whatever is lent and called", () => {
  it("agrees with a slower matcher on 100,000 calls: it allows what a lent scope opens, and nothing else", () => {
    let allowed = 0;
    let seen = 0;
    const batch = anyConnector.chain((connector) =>
      fc.tuple(fc.constant(connector), scopesOf(connector), fc.array(nearCall(connector), { minLength: 500, maxLength: 500, size: "max" })),
    );
    fc.assert(
      fc.property(batch, ([connector, granted, calls]) => {
        for (const call of calls) {
          const verdict = decideCall(connector, granted, call).verdict === "allow";
          if (verdict !== slowlyAllowed(connector, granted, call))
            throw new Error(`${connector.id} ${JSON.stringify({ call, granted })}: ${verdict}`);
          seen += 1;
          if (verdict) allowed += 1;
        }
      }),
      { numRuns: 200 },
    );
    expect(seen).toBeGreaterThanOrEqual(100_000);
    // Neither side of the question is left out.
    expect(allowed).toBeGreaterThan(seen / 20);
    expect(allowed).toBeLessThan(seen / 2);
  }, 120_000);

  it("never loses a call by lending more", () => {
    const grown = anyConnector.chain((connector) =>
      fc.tuple(fc.constant(connector), scopesOf(connector), scopesOf(connector), nearCall(connector)),
    );
    fc.assert(
      fc.property(grown, ([connector, some, more, call]) => {
        if (decideCall(connector, some, call).verdict !== "allow") return;
        expect(decideCall(connector, [...some, ...more], call).verdict).toBe("allow");
      }),
      { numRuns: 5000 },
    );
  });

  it("opens a refused call by the scope that it names, unless one document asks for several things", () => {
    const refused = anyConnector.chain((connector) => fc.tuple(fc.constant(connector), scopesOf(connector), nearCall(connector)));
    fc.assert(
      fc.property(refused, ([connector, granted, call]) => {
        const verdict = decideCall(connector, granted, call);
        if (verdict.verdict !== "deny" || !verdict.smallestScope) return;
        const opened = decideCall(connector, [...granted, verdict.smallestScope], call);
        if ((call.graphql?.rootFields.length ?? 0) < 2) expect(opened.verdict).toBe("allow");
        else expect(opened).not.toEqual(verdict);
      }),
      { numRuns: 5000 },
    );
  });

  it("opens by read scopes alone nothing but reads", () => {
    const readOnly = anyConnector.chain((connector) =>
      fc.tuple(
        fc.constant(connector),
        fc.subarray(connector.scopes.filter(({ access }) => access === "read").map(({ name }) => name)),
        nearCall(connector),
      ),
    );
    fc.assert(
      fc.property(readOnly, ([connector, granted, call]) => {
        if (decideCall(connector, granted, call).verdict !== "allow") return;
        expect(["GET", "HEAD", "POST"]).toContain(call.method);
        if (call.path === connector.api.graphqlPath) expect(call.graphql?.kind).toBe("query");
      }),
      { numRuns: 5000 },
    );
  });

  it("decides the same for every spelling of a path", () => {
    const spelled = anyConnector.chain((connector) =>
      fc.tuple(fc.constant(connector), scopesOf(connector), nearCall(connector), fc.nat(30)),
    );
    fc.assert(
      fc.property(spelled, ([connector, granted, call, at]) => {
        const letters = [...call.path];
        const index = at % letters.length;
        const letter = letters[index] ?? "";
        if (!/[a-z:$]/i.test(letter)) return;
        letters[index] = `%${letter.charCodeAt(0).toString(16)}`;
        expect(readPath(letters.join("")).path).toBe(readPath(call.path).path);
        expect(decideCall(connector, granted, { ...call, path: letters.join("") })).toEqual(decideCall(connector, granted, call));
      }),
      { numRuns: 3000 },
    );
  });
});
