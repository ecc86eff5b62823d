import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { refusalOf } from "../testing/refusal";
import { meetsConditions, platformRunOf } from "./meets";
import {
  type Condition,
  checkConditions,
  conditionOf,
  conditionText,
  type IssuerKind,
  parseSpiffeId,
  readConditions,
  requireConditions,
} from "./rules";

const ISSUERS: Record<IssuerKind, string> = {
  github_actions: "https://token.actions.githubusercontent.com",
  gitlab: "https://gitlab.com",
  kubernetes: "https://cluster.example.com",
  oidc: "https://login.example.com",
  spiffe: "spiffe://example.org",
};
const lines = (record: Record<string, string>) => Object.entries(record).map(([claim, text]) => conditionOf(claim, text));
const errors = (kind: IssuerKind, record: Record<string, string>) =>
  checkConditions(kind, ISSUERS[kind], lines(record)).errors.map(({ sentence }) => sentence);
const warnings = (kind: IssuerKind, record: Record<string, string>) => checkConditions(kind, ISSUERS[kind], lines(record)).warnings;

const REPOSITORY = { repository_id: "74", repository_owner_id: "65" };
const ACCOUNT = {
  "kubernetes.io.namespace": "prod",
  "kubernetes.io.serviceaccount.name": "agent",
  "kubernetes.io.serviceaccount.uid": "14ee3fa4-a7e2-420f-9f9a-dbc4507c3798",
};

describe("a rule is kept when it names one workload", () => {
  test.each<[IssuerKind, Record<string, string>]>([
    ["github_actions", { ...REPOSITORY, environment: "production" }],
    ["github_actions", { ...REPOSITORY, ref: "refs/heads/release/*", event_name: "push | workflow_dispatch" }],
    ["github_actions", { ...REPOSITORY, sub: "repo:octo@65/site@74:ref:refs/heads/main" }],
    ["gitlab", { project_id: "22", namespace_id: "72", ref_protected: "true" }],
    ["kubernetes", ACCOUNT],
    ["oidc", { sub: "service-1" }],
    ["oidc", { tid: "tenant-1", oid: "object-1" }],
    ["spiffe", { sub: "spiffe://example.org/ns/prod/agent" }],
    ["spiffe", { sub: "spiffe://example.org/client/*" }],
    ["spiffe", { sub: "spiffe://example.org/a | spiffe://example.org/b" }],
  ])("%s %j", (kind, record) => {
    expect(errors(kind, record)).toEqual([]);
  });
});

describe("a rule is refused when others could meet it", () => {
  test.each<[IssuerKind, Record<string, string>, string]>([
    ["github_actions", { repository_id: "74" }, "repository_owner_id is missing: without it, others would match too."],
    ["github_actions", { repository_owner_id: "65" }, "repository_id is missing: without it, others would match too."],
    ["github_actions", { ref: "refs/heads/main" }, "repository_id is missing: without it, others would match too."],
    ["github_actions", { sub: "repo:octo/site:*" }, "Give sub exactly."],
    ["github_actions", { sub: "repo:octo/*" }, "Give sub exactly."],
    ["github_actions", { ...REPOSITORY, sub: "*" }, "sub has a wildcard. Only an ending after / or : is one: refs/heads/release/*."],
    [
      "github_actions",
      { ...REPOSITORY, ref: "refs/*/main" },
      "ref has a wildcard. Only an ending after / or : is one: refs/heads/release/*.",
    ],
    [
      "github_actions",
      { ...REPOSITORY, ref: "refs/heads/m*" },
      "ref has a wildcard. Only an ending after / or : is one: refs/heads/release/*.",
    ],
    [
      "github_actions",
      { repository_id: "octo/site", repository_owner_id: "65" },
      "repository_id is a number: names can be taken by somebody else.",
    ],
    [
      "github_actions",
      { repository_id: "*", repository_owner_id: "65" },
      "repository_id has a wildcard. Only an ending after / or : is one: refs/heads/release/*.",
    ],
    ["github_actions", { ...REPOSITORY, anything: "x" }, "GitHub's tokens have no claim anything that a rule may rest on."],
    ["gitlab", { project_id: "22" }, "namespace_id is missing: without it, others would match too."],
    ["kubernetes", { ...ACCOUNT, "kubernetes.io.namespace": "prod:*" }, "Give kubernetes.io.namespace exactly."],
    ["kubernetes", { sub: "system:serviceaccount:prod:agent" }, "kubernetes.io.namespace is missing: without it, others would match too."],
    ["oidc", { tid: "tenant-1" }, "Give sub exactly, or at least two other claims that together are one workload."],
    ["oidc", { sub: "project/*", group: "a" }, "Give sub exactly, or at least two other claims that together are one workload."],
    ["oidc", { aud: "http://valet.test" }, "Valet checks aud by itself. Leave it out."],
    ["oidc", { sub: "" }, "Give sub a value of at most 512 characters."],
    ["oidc", { sub: "a | " }, "Give sub a value of at most 512 characters."],
    ["spiffe", { sub: "spiffe://example.org/*" }, "That is everything in the trust domain. Give a path."],
    ["spiffe", { sub: "spiffe://example.org" }, "That is everything in the trust domain. Give a path."],
    ["spiffe", { sub: "spiffe://example.com/agent" }, "That is another trust domain than spiffe://example.org."],
    ["spiffe", { sub: "spiffe://example.org/client*" }, "sub has a wildcard. Only an ending after / or : is one: refs/heads/release/*."],
    ["spiffe", { sub: "spiffe://example.org/client/" }, "A SPIFFE ID has no slash at its end. For all below it, write /* there."],
    [
      "spiffe",
      { sub: "spiffe://example.org/a/../*" },
      "A SPIFFE ID looks like spiffe://example.org/ns/prod/agent, without a slash at its end.",
    ],
    [
      "spiffe",
      { sub: "spiffe://example.org/a%2fb" },
      "A SPIFFE ID looks like spiffe://example.org/ns/prod/agent, without a slash at its end.",
    ],
    ["spiffe", { sub: "spiffe://example.org/a", env: "x" }, "A SPIFFE ID is the whole identity: give sub alone."],
  ])("%s %j", (kind, record, sentence) => {
    expect(errors(kind, record)).toContain(sentence);
  });

  it("tells all of it by claim, and a claim that comes twice", async () => {
    const twice = [...lines(REPOSITORY), { claim: "ref", equals: "a" }, { claim: "ref", equals: "b" }];
    expect(await refusalOf(() => requireConditions("github_actions", ISSUERS.github_actions, twice))).toMatchObject({
      code: "invalid_request",
      reason: "conditions_too_wide",
      fields: { ref: "ref is there twice. Give all its values in one condition." },
    });
    expect(await refusalOf(() => requireConditions("kubernetes", ISSUERS.kubernetes, []))).toMatchObject({
      fields: Object.fromEntries(Object.keys(ACCOUNT).map((claim) => [claim, `${claim} is missing: without it, others would match too.`])),
    });
  });
});

test("what is wider than it need be is said, and kept", () => {
  const pull = "Pull requests are let in: whoever can open one may run code as this agent. Leave event_name out to keep them out.";
  const wide = "Every branch and every workflow of the repository matches. An environment or a ref would be narrower.";
  expect(warnings("github_actions", { ...REPOSITORY, environment: "production" })).toEqual([]);
  expect(warnings("github_actions", REPOSITORY)).toEqual([wide]);
  expect(warnings("github_actions", { ...REPOSITORY, ref: "refs/heads/main", event_name: "push | pull_request_target" })).toEqual([pull]);
  expect(warnings("gitlab", { project_id: "22", namespace_id: "72" })).toHaveLength(1);
  expect(warnings("gitlab", { project_id: "22", namespace_id: "72", ref_protected: "true" })).toEqual([]);
  expect(warnings("oidc", { tid: "t", oid: "o" })).toHaveLength(1);
});

describe("a SPIFFE ID", () => {
  test.each(["spiffe://example.org/a", "spiffe://example.org", "spiffe://e-x_a.org/ns/Prod/sa_1/a.b"])("is %s", (text) => {
    expect(parseSpiffeId(text)).not.toBeNull();
  });
  test.each([
    "spiffe://example.org/",
    "spiffe://example.org//a",
    "spiffe://example.org/a/",
    "spiffe://example.org/./a",
    "spiffe://example.org/a/..",
    "spiffe://example.org/%61",
    "spiffe://example.org/a?b",
    "spiffe://example.org/a#b",
    "spiffe://example.org:443/a",
    "spiffe://me@example.org/a",
    "spiffe://Example.org/a",
    "SPIFFE://example.org/a",
    "https://example.org/a",
    "spiffe:///a",
    "spiffe://example.org/a\n",
    " spiffe://example.org/a",
    `spiffe://example.org/${"a".repeat(2048)}`,
    `spiffe://${"a".repeat(256)}/a`,
  ])("is not %j", (text) => {
    expect(parseSpiffeId(text)).toBeNull();
  });
});

describe("a token meets a rule", () => {
  const RUN = {
    ...{ sub: "repo:octo/site:ref:refs/heads/main", repository: "octo/site", repository_owner: "octo", ref: "refs/heads/main" },
    ...{ ...REPOSITORY, event_name: "push", run_id: "100", run_attempt: "2" },
  };
  const github = (rule: Record<string, string>, claims: object = {}) =>
    meetsConditions("github_actions", lines({ ...REPOSITORY, ...rule }), { ...RUN, ...claims });

  it("of GitHub Actions by the ids of repository and owner, in both spellings of its subject", () => {
    const moved = { sub: "repo:octo@65/site@74:ref:refs/heads/main" };
    expect(github({})).toBe(true);
    expect(github({}, moved)).toBe(true);
    for (const sub of [RUN.sub, moved.sub]) {
      expect([github({ sub }), github({ sub }, moved), github({ sub: sub.replace("main", "dev") })]).toEqual([true, true, false]);
    }
  });

  it("not with the same name and another id, without ids, or with other ids in its subject", () => {
    expect(github({}, { repository_id: "75" })).toBe(false);
    expect(github({}, { repository_owner_id: "66" })).toBe(false);
    expect(github({}, { repository_id: undefined })).toBe(false);
    expect(github({}, { repository_owner_id: undefined })).toBe(false);
    expect(github({}, { repository_id: ["74"] })).toBe(false);
    expect(github({}, { sub: "repo:octo@65/site@75:ref:refs/heads/main" })).toBe(false);
    expect(github({}, { sub: "repo:octo@1/site@74:ref:refs/heads/main" })).toBe(false);
    expect(github({}, { sub: undefined })).toBe(false);
  });

  it("not when it is a pull request's, from a fork or not, unless the rule names the event", () => {
    const forked = { sub: "repo:octo/site:pull_request", event_name: "pull_request", ref: "refs/pull/7/merge" };
    expect(github({}, forked)).toBe(false);
    expect(github({}, { event_name: "pull_request_target" })).toBe(false);
    expect(github({}, { sub: "repo:octo@65/site@74:pull_request" })).toBe(false);
    expect(github({}, { ref: "refs/pull/7/merge" })).toBe(false);
    expect(github({}, { event_name: undefined })).toBe(false);
    expect(github({ event_name: "pull_request" }, forked)).toBe(true);
    expect(github({ event_name: "push" }, forked)).toBe(false);
  });

  it("by a beginning on its borders only", () => {
    const release = { ref: "refs/heads/release/*" };
    expect(github(release, { ref: "refs/heads/release/1" })).toBe(true);
    for (const ref of ["refs/heads/release", "refs/heads/release/", "refs/heads/releases/1", "refs/heads/release/../main"]) {
      expect([ref, github(release, { ref })]).toEqual([ref, false]);
    }
  });

  it("of a SPIFFE prefix below the segment, and not beside it", () => {
    const svid = (sub: string, rule = "spiffe://example.org/client/*") => meetsConditions("spiffe", lines({ sub: rule }), { sub });
    expect(svid("spiffe://example.org/client/a")).toBe(true);
    expect(svid("spiffe://example.org/client/a/b")).toBe(true);
    for (const path of ["client", "client/", "client123", "client123/a", "clients/a", "client/../admin", "client//a", "client/%2e%2e/x"]) {
      expect([path, svid(`spiffe://example.org/${path}`)]).toEqual([path, false]);
    }
    expect(svid("spiffe://example.org/client123", "spiffe://example.org/client")).toBe(false);
    expect(svid("spiffe://example.org/client/a", "spiffe://example.org/client")).toBe(false);
  });

  it("of Kubernetes by claims inside others, whose names have dots", () => {
    const claims = {
      "kubernetes.io": { namespace: "prod", serviceaccount: { name: "agent", uid: ACCOUNT["kubernetes.io.serviceaccount.uid"] } },
    };
    const meets = (given: object) => meetsConditions("kubernetes", lines(ACCOUNT), given as Record<string, unknown>);
    expect(meets(claims)).toBe(true);
    const account = claims["kubernetes.io"].serviceaccount;
    expect(meets({ "kubernetes.io": { ...claims["kubernetes.io"], serviceaccount: { ...account, uid: "0" } } })).toBe(false);
    expect(meets({ "kubernetes.io": { ...claims["kubernetes.io"], namespace: "dev" } })).toBe(false);
    expect(meets({ ...claims, "kubernetes.io.namespace": "prod" })).toBe(false);
    expect(meets({})).toBe(false);
  });

  it("when a claim is a number or yes and no, but never when it is a list, nothing, or inherited", () => {
    const meets = (said: unknown, text: string) => meetsConditions("oidc", lines({ claim: text }), { claim: said });
    expect([meets(74, "74"), meets(true, "true"), meets("true", "true")]).toEqual([true, true, true]);
    expect([meets(["a"], "a"), meets(null, "null"), meets({}, "[object Object]"), meets(1e21, "1e+21")]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(meetsConditions("oidc", [{ claim: "constructor.name", equals: "Object" }], {})).toBe(false);
  });

  it("not when the rule is empty, or is nothing that this version knows", () => {
    expect(meetsConditions("oidc", [], { sub: "a" })).toBe(false);
    for (const kept of [null, {}, "x", [{}], [{ claim: "sub" }], [{ claim: "sub", matches: ".*" }], [{ claim: "sub", oneOf: [1] }]]) {
      expect(readConditions(kept)).toBeNull();
    }
  });
});

test("a run is GitHub's, by the repository's number and the attempt", () => {
  const claims = { repository_id: "74", run_id: "100", run_attempt: "2" };
  expect(platformRunOf("github_actions", claims)).toBe("github:74/100/2");
  expect(platformRunOf("github_actions", { ...claims, run_id: "100/3" })).toBeUndefined();
  expect(platformRunOf("oidc", claims)).toBeUndefined();
});

test("a condition reads as it was written, and back", () => {
  const value = fc.stringMatching(/^[a-z][a-z0-9:/]{0,20}$/);
  const condition = fc.oneof(
    value.map((equals): Condition => ({ claim: "ref", equals })),
    fc.array(value, { minLength: 2, maxLength: 4 }).map((oneOf): Condition => ({ claim: "ref", oneOf })),
    value.map((text): Condition => ({ claim: "ref", startsWith: `${text}/` })),
  );
  fc.assert(
    fc.property(condition, (one) => {
      expect(conditionOf("ref", conditionText(one))).toEqual(one);
    }),
  );
});
