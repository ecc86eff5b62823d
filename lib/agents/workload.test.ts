import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { TEST_START } from "../testing/clock";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { bundle, type ForeignKey, foreignKey, jwks, minter } from "../testing/foreign";
import type { SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { addIssuer } from "../trust/add";
import { type Condition, conditionOf, type IssuerKind } from "../trust/rules";
import { disableIssuer } from "../trust/status";
import { addTrustRule } from "./addTrustRule";
import { removeTrustRule } from "./removeTrustRule";
import { pauseAgent } from "./status";
import { proveWorkload } from "./workload";

const NOT_PROVED = {
  code: "invalid_client",
  reason: "invalid_client",
  message: "The agent could not be proved. Check its assertion: who signed it, for whom, and until when. Each is taken once.",
};
const UID = "14ee3fa4-a7e2-420f-9f9a-dbc4507c3798";

let core: TestCore;
let admin: PersonCtx;
let key: ForeignKey;
beforeAll(async () => {
  core = await testCore();
  admin = await person(core, { role: "admin" });
  key = await foreignKey("one", "RS256");
});
afterEach(async () => {
  core.clock.set(TEST_START);
  await core.limits.forgive("agent_proof", "workload");
});
afterAll(() => core.close());

let count = 0;
async function issuer(kind: IssuerKind) {
  count += 1;
  const name = kind === "spiffe" ? `spiffe://d${count}.example.org` : `https://i${count}.example.com`;
  const keys = JSON.stringify(kind === "spiffe" ? bundle([key]) : jwks(key));
  return addIssuer(admin, { kind, name, issuer: name, keysFrom: "inline", keys });
}
const conditions = (record: Record<string, string>): Condition[] => Object.entries(record).map(([claim, text]) => conditionOf(claim, text));
async function rule(issuerId: string, record: Record<string, string>, bot?: SeededAgent) {
  const to = bot ?? (await agent(core, admin));
  const input = { agentId: to.agentId, issuerId, name: "CI", conditions: conditions(record) };
  return { ...to, ...(await addTrustRule(admin, input)) };
}
const mint = (claims: Record<string, unknown>, by = key) => minter(core)({ key: by, claims });
const bearer = async (claims: Record<string, unknown>, clientId: string | null = null) =>
  proveWorkload(core, { type: "jwt-bearer", assertion: await mint(claims), clientId });
const svid = async (sub: string, clientId: string | null = null, more: object = {}) =>
  proveWorkload(core, { type: "jwt-spiffe", assertion: await mint({ sub, iat: undefined, ...more }), clientId });
const cause = () => core.log.lines.at(-1)?.fields.cause;

describe("a workload of each platform proves its agent by its own token", () => {
  const RUN = {
    ...{ sub: "repo:octo/site:ref:refs/heads/main", repository: "octo/site", repository_id: "74", repository_owner: "octo" },
    ...{ repository_owner_id: "65", ref: "refs/heads/main", event_name: "push", run_id: "100", run_attempt: "2" },
  };

  it("GitHub Actions, and the run is known by GitHub's word", async () => {
    const github = await issuer("github_actions");
    const bot = await rule(github.id, { repository_id: "74", repository_owner_id: "65", ref: "refs/heads/main" });
    const proved = {
      ...{ kind: "agent", agentId: bot.agentId, name: "Triage bot", ownerId: admin.actor.personId, credentialId: bot.credentialId },
      ...{ status: "active", ownerStatus: "active", platformRunId: "github:74/100/2" },
    };
    expect(await bearer({ iss: github.issuer, ...RUN })).toEqual(proved);
    expect(await bearer({ iss: github.issuer, ...RUN, sub: "repo:octo@65/site@74:ref:refs/heads/main" })).toEqual(proved);
    const wrong = [
      { repository_id: "75" },
      { repository_owner_id: "66" },
      { repository_id: undefined },
      { ref: "refs/heads/dev" },
      { sub: "repo:octo/site:pull_request", event_name: "pull_request", ref: "refs/pull/7/merge" },
      { event_name: "pull_request_target" },
    ];
    for (const change of wrong) {
      expect(await refusalOf(bearer({ iss: github.issuer, ...RUN, ...change }))).toMatchObject(NOT_PROVED);
      expect(cause()).toBe("no_rule");
    }
  });

  it("a Kubernetes service account by its uid: another one of the same name is another", async () => {
    const cluster = await issuer("kubernetes");
    const names = { "kubernetes.io.namespace": "prod", "kubernetes.io.serviceaccount.name": "agent" };
    const bot = await rule(cluster.id, { ...names, "kubernetes.io.serviceaccount.uid": UID });
    const token = (uid: string, namespace = "prod") => ({
      ...{ iss: cluster.issuer, sub: `system:serviceaccount:${namespace}:agent`, aud: ["http://valet.test"] },
      "kubernetes.io": { namespace, pod: { name: "agent-1", uid: "p" }, serviceaccount: { name: "agent", uid } },
    });
    expect(await bearer(token(UID))).toMatchObject({ agentId: bot.agentId, credentialId: bot.credentialId });
    expect(await bearer(token(UID))).not.toHaveProperty("platformRunId");
    expect(await refusalOf(bearer(token("00000000-0000-0000-0000-000000000000")))).toMatchObject(NOT_PROVED);
    expect(await refusalOf(bearer(token(UID, "dev")))).toMatchObject(NOT_PROVED);
  });

  it("a GitLab project by its numbers, on protected branches", async () => {
    const gitlab = await issuer("gitlab");
    const bot = await rule(gitlab.id, { project_id: "22", namespace_id: "72", ref_protected: "true" });
    const job = { iss: gitlab.issuer, sub: "project_path:octo/site:ref_type:branch:ref:main", project_path: "octo/site" };
    const ids = { project_id: "22", namespace_id: "72" };
    expect(await bearer({ ...job, ...ids, ref_protected: "true" })).toMatchObject({ agentId: bot.agentId });
    for (const change of [{ ref_protected: "false" }, { ref_protected: undefined }, { project_id: "23" }, { namespace_id: undefined }]) {
      expect(await refusalOf(bearer({ ...job, ...ids, ref_protected: "true", ...change }))).toMatchObject(NOT_PROVED);
    }
  });

  it("a SPIFFE workload by its ID or a path above it, for nobody but us", async () => {
    const domain = await issuer("spiffe");
    const [exact, below] = [
      await rule(domain.id, { sub: `${domain.issuer}/client` }),
      await rule(domain.id, { sub: `${domain.issuer}/client/*` }),
    ];
    expect(await svid(`${domain.issuer}/client`)).toMatchObject({ agentId: exact.agentId });
    expect(await svid(`${domain.issuer}/client/a/b`)).toMatchObject({ agentId: below.agentId });
    // Not single-use: an SVID is cached and shown again.
    const again = { type: "jwt-spiffe", assertion: await mint({ sub: `${domain.issuer}/client`, jti: "1" }), clientId: null } as const;
    expect([await proveWorkload(core, again), await proveWorkload(core, again)]).toMatchObject([{ agentId: exact.agentId }, {}]);
    for (const path of ["/client123", "/client123/a", "/clien", "", "/other"]) {
      expect([path, await refusalOf(svid(domain.issuer + path))]).toMatchObject([path, NOT_PROVED]);
    }
    for (const path of ["/client/", "/client/../client", "/client/%61", "/client//a", "/./client"]) {
      expect([path, await refusalOf(svid(domain.issuer + path))]).toMatchObject([path, NOT_PROVED]);
      expect(cause()).toBe("issuer");
    }
    for (const aud of [["http://valet.test", "https://other.example.com"], "http://valet.test/", "http://valet.test/oauth/token"]) {
      expect(await refusalOf(svid(`${domain.issuer}/client`, null, { aud }))).toMatchObject(NOT_PROVED);
      expect(cause()).toBe("audience");
    }
  });

  it("any other issuer by sub, for us under each of our names and nobody else", async () => {
    const oidc = await issuer("oidc");
    const bot = await rule(oidc.id, { sub: "service-1" });
    for (const aud of ["http://valet.test", "http://valet.test/", "http://valet.test/oauth/token", ["http://valet.test"]]) {
      expect(await bearer({ iss: oidc.issuer, sub: "service-1", aud })).toMatchObject({ agentId: bot.agentId });
    }
    for (const aud of ["https://other.example.com", ["http://valet.test", "x"], "http://valet.test/oauth", undefined]) {
      expect(await refusalOf(bearer({ iss: oidc.issuer, sub: "service-1", aud }))).toMatchObject(NOT_PROVED);
    }
  });
});

describe("a workload", () => {
  it("that meets the rules of two agents proves neither, and the log says so", async () => {
    const oidc = await issuer("oidc");
    const bot = await rule(oidc.id, { sub: "service-1" });
    expect(await bearer({ iss: oidc.issuer, sub: "service-1", env: "prod" })).toMatchObject({ agentId: bot.agentId });
    await rule(oidc.id, { sub: "service-1", env: "prod" });
    for (const clientId of [null, bot.agentId]) {
      expect(await refusalOf(bearer({ iss: oidc.issuer, sub: "service-1", env: "prod" }, clientId))).toMatchObject(NOT_PROVED);
      expect(core.log.lines.at(-1)).toMatchObject({ level: "warn", fields: { cause: "several_agents", issuerId: oidc.id } });
    }
    expect(await bearer({ iss: oidc.issuer, sub: "service-1", env: "dev" })).toMatchObject({ agentId: bot.agentId });
  });

  it("that says which agent it is must be that one", async () => {
    const oidc = await issuer("oidc");
    const bot = await rule(oidc.id, { sub: "service-1" });
    const other = await agent(core, admin);
    const token = { iss: oidc.issuer, sub: "service-1" };
    expect(await bearer(token, bot.agentId)).toMatchObject({ agentId: bot.agentId });
    for (const clientId of [other.agentId, "agt_01kjpt2v000000000000000000", "service-1", ""]) {
      expect(await refusalOf(bearer(token, clientId))).toMatchObject(NOT_PROVED);
    }
  });

  it("proves nothing any more once its rule is gone or its issuer is switched off", async () => {
    const oidc = await issuer("oidc");
    const bot = await rule(oidc.id, { sub: "service-1" });
    const token = { iss: oidc.issuer, sub: "service-1" };
    await removeTrustRule(admin, bot);
    expect(await refusalOf(bearer(token))).toMatchObject(NOT_PROVED);
    await rule(oidc.id, { sub: "service-1" }, bot);
    expect(await bearer(token)).toMatchObject({ agentId: bot.agentId });
    await disableIssuer(admin, { issuerId: oidc.id });
    expect(await refusalOf(bearer(token))).toMatchObject(NOT_PROVED);
  });

  it("of a paused agent, or of a suspended owner, is proved and says so: the refusal is the broker's, with a row", async () => {
    const oidc = await issuer("oidc");
    const suspended = await person(core, { status: "suspended" });
    const bot = await rule(oidc.id, { sub: "a" }, await agent(core, suspended));
    await pauseAgent(admin, bot);
    expect(await bearer({ iss: oidc.issuer, sub: "a" })).toMatchObject({ status: "paused", ownerStatus: "suspended" });
  });

  it("notes its rule's last use at most once a minute", async () => {
    const oidc = await issuer("oidc");
    const { credentialId } = await rule(oidc.id, { sub: "a" });
    const lastUsedAt = async () =>
      (await core.db.agentCredential.findUniqueOrThrow({ where: { id: credentialId } })).lastUsedAt?.toISOString();
    expect(await lastUsedAt()).toBeUndefined();
    await bearer({ iss: oidc.issuer, sub: "a" });
    core.clock.advance({ seconds: 59 });
    await bearer({ iss: oidc.issuer, sub: "a" });
    expect(await lastUsedAt()).toBe("2026-03-02T09:00:00.000Z");
    core.clock.advance({ seconds: 1 });
    await bearer({ iss: oidc.issuer, sub: "a" });
    expect(await lastUsedAt()).toBe("2026-03-02T09:01:00.000Z");
  });

  it("that fails is answered the same for every cause, throttled, and the right token still passes", async () => {
    const oidc = await issuer("oidc");
    const bot = await rule(oidc.id, { sub: "a" });
    const stranger = await foreignKey("one", "RS256");
    const good = { iss: oidc.issuer, sub: "a" };
    const wrong: [string, string][] = [
      ["nonsense", "malformed"],
      [await mint(good, stranger), "signature"],
      [await mint({ ...good, iss: "https://nobody.example.com" }), "issuer"],
      [await mint({ ...good, exp: 1 }), "expired"],
      [await mint({ ...good, sub: "b" }), "no_rule"],
    ];
    for (const [assertion, expected] of wrong) {
      const refusal = await refusalOf(proveWorkload(core, { type: "jwt-bearer", assertion, clientId: bot.agentId }));
      expect([refusal.detail, refusal.facts, cause()]).toEqual([undefined, undefined, expected]);
      expect(refusal).toMatchObject(NOT_PROVED);
    }
    const noise = () => refusalOf(proveWorkload(core, { type: "jwt-bearer", assertion: "nonsense", clientId: bot.agentId }));
    const codes = (await Promise.all(Array.from({ length: 30 }, noise))).map(({ code }) => code);
    expect(codes.filter((code) => code === "too_many_requests")).toHaveLength(5);
    expect(await bearer(good, bot.agentId)).toMatchObject({ agentId: bot.agentId });
    expect(JSON.stringify(core.log.lines)).not.toMatch(/eyJ/);
  });
});
