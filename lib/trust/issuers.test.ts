import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addAgentSecret } from "../agents/addSecret";
import { addTrustRule } from "../agents/addTrustRule";
import { listTrustRules } from "../agents/listTrustRules";
import { removeTrustRule } from "../agents/removeTrustRule";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { agent, person, rows, TEST_ISSUER, type TestCore, testCore } from "../testing/core";
import { bundle, type ForeignKey, foreignKey, jwks } from "../testing/foreign";
import { refusalOf } from "../testing/refusal";
import { type AddIssuerInput, addIssuer } from "./add";
import { listIssuers } from "./list";
import { refreshIssuer } from "./refresh";
import { disableIssuer, enableIssuer, removeIssuer } from "./status";

const NOBODY = "tri_01kjpt2v000000000000000000";
let core: TestCore;
let admin: PersonCtx;
let key: ForeignKey;
beforeAll(async () => {
  core = await testCore();
  admin = await person(core, { role: "admin" });
  key = await foreignKey("one");
});
afterAll(() => core.close());

let count = 0;
/** A provider with pasted keys, right in all but what is changed. */
function given(change: Partial<AddIssuerInput> = {}): AddIssuerInput {
  count += 1;
  const usual = { kind: "oidc", name: `Provider ${count}`, issuer: `https://issuer-${count}.example.com`, keysFrom: "inline" } as const;
  return { ...usual, keys: JSON.stringify(jwks(key)), ...change };
}
const domain = (change: Partial<AddIssuerInput> = {}) =>
  given({ kind: "spiffe", issuer: `spiffe://d${count}.example.org`, keys: JSON.stringify(bundle([key])), ...change });

describe("trusting an issuer", () => {
  it("keeps it, shows its keys by name and what tokens must be made for, and leaves a row", async () => {
    const added = await addIssuer(admin, given({ name: " Our cloud ", audience: "valet" }));
    expect(added).toEqual({
      id: expect.stringMatching(/^tri_/),
      kind: "oidc",
      name: "Our cloud",
      issuer: `https://issuer-${count}.example.com`,
      keysFrom: "inline",
      keysAt: null,
      audiences: ["valet"],
      state: "healthy",
      kids: ["one"],
      fetchedAt: core.clock.now(),
      sequence: null,
      failure: null,
      rules: 0,
    });
    expect((await rows(core)).at(-1)).toMatchObject({
      event: "trusted_issuer.add",
      personId: admin.actor.personId,
      target: "Our cloud",
      detail: { kind: "oidc", issuer: added.issuer, keys_from: "inline", audience: "valet" },
    });
    expect(await refreshIssuer(admin, { issuerId: added.id })).toEqual(added);
    const { audiences } = await addIssuer(admin, given());
    expect(audiences).toEqual([TEST_ISSUER, `${TEST_ISSUER}/`, `${TEST_ISSUER}/oauth/token`]);
    expect((await addIssuer(admin, domain())).audiences).toEqual([TEST_ISSUER]);
  });

  it("is refused when it is there already, also to two who ask at once", async () => {
    const twice = given();
    const both = await Promise.allSettled([addIssuer(admin, twice), addIssuer(admin, twice)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await refusalOf(addIssuer(admin, twice))).toMatchObject({ code: "conflict", reason: "issuer_taken" });
  });

  const privateSet = () => JSON.stringify({ keys: [{ ...key.publicJwk, d: "AAAA" }] });
  it.each<[string, () => Partial<AddIssuerInput>, string]>([
    ["this Valet", () => ({ issuer: TEST_ISSUER }), "issuer"],
    ["this Valet with a slash", () => ({ issuer: `${TEST_ISSUER}/` }), "issuer"],
    ["no address", () => ({ issuer: "kubernetes/serviceaccount" }), "issuer"],
    ["an address with a query", () => ({ issuer: "https://a.example.com/?x" }), "issuer"],
    ["no keys", () => ({ keys: "" }), "keys"],
    ["keys that are no JSON", () => ({ keys: "-----BEGIN PUBLIC KEY-----" }), "keys"],
    ["a private key", () => ({ keys: privateSet() }), "keys"],
    ["a shared secret", () => ({ keys: '{"keys":[{"kty":"oct","k":"AAAA"}]}' }), "keys"],
    ["an empty key set", () => ({ keys: '{"keys":[]}' }), "keys"],
    ["keys from two places", () => ({ keysFrom: "discovery" }), "keys"],
    ["discovery without https", () => ({ issuer: "http://a.example.com", keysFrom: "discovery", keys: "" }), "issuer"],
    ["a plain address of keys", () => ({ keysFrom: "url", keysAt: "http://a.example.com/k", keys: "" }), "keysAt"],
    ["an address with a password", () => ({ keysFrom: "url", keysAt: "https://me:pw@a.example.com/k", keys: "" }), "keysAt"],
    ["a relative path", () => ({ keysFrom: "file", keysAt: "keys.json", keys: "" }), "keysAt"],
    ["a path with detours", () => ({ keysFrom: "file", keysAt: "/etc/valet/../shadow", keys: "" }), "keysAt"],
    ["a file for GitHub", () => ({ kind: "github_actions", keysFrom: "file", keysAt: "/keys.json", keys: "" }), "keysFrom"],
    ["discovery for SPIFFE", () => ({ kind: "spiffe", issuer: "spiffe://a.example.org", keysFrom: "discovery", keys: "" }), "keysFrom"],
    ["a trust domain with a path", () => ({ kind: "spiffe", issuer: "spiffe://a.example.org/x" }), "issuer"],
    ["a trust domain without its scheme", () => ({ kind: "spiffe", issuer: "a.example.org" }), "issuer"],
    ["another audience for SPIFFE", () => ({ kind: "spiffe", issuer: "spiffe://a.example.org", audience: "x" }), "audience"],
    ["no name", () => ({ name: " " }), "name"],
  ])("is refused with %s", async (_what, change, field) => {
    const refusal = await refusalOf(addIssuer(admin, given(change())));
    expect([refusal.code, Object.keys(refusal.fields ?? {})]).toEqual(["invalid_request", [field]]);
    expect(JSON.stringify(refusal)).not.toContain("AAAA");
  });

  it("keeps it although its keys cannot be had, and says why in words", async () => {
    const away = await addIssuer(admin, given({ issuer: "https://away.example.com", keysFrom: "discovery", keys: "" }));
    expect(away).toMatchObject({
      state: "no_keys",
      kids: [],
      fetchedAt: null,
      failure: { sentence: "away.example.com could not be reached." },
    });
  });
});

describe("who may", () => {
  it("is an admin; an auditor looks; nobody else is told anything", async () => {
    const issuer = await addIssuer(admin, given());
    const [member, auditor] = [await person(core), await person(core, { role: "auditor" })];
    const bot = await agent(core, member);
    const rule = { agentId: bot.agentId, issuerId: issuer.id, name: "CI", conditions: [{ claim: "sub", equals: "job" }] };
    const byAdmin = { ...rule, credentialId: (await addTrustRule(admin, rule)).credentialId };
    for (const ctx of [member, auditor]) {
      const verbs = [
        addIssuer(ctx, given()),
        refreshIssuer(ctx, { issuerId: issuer.id }),
        disableIssuer(ctx, { issuerId: issuer.id }),
        enableIssuer(ctx, { issuerId: issuer.id }),
        removeIssuer(ctx, { issuerId: issuer.id }),
      ];
      for (const verb of verbs) expect(await refusalOf(verb)).toMatchObject({ code: "forbidden", reason: "role_missing" });
    }
    for (const verb of [() => addTrustRule(member, rule), () => removeTrustRule(member, byAdmin)]) {
      expect(await refusalOf(verb())).toMatchObject({ code: "forbidden", reason: "role_missing" });
    }
    for (const verb of [() => addTrustRule(auditor, rule), () => removeTrustRule(auditor, byAdmin)]) {
      expect(await refusalOf(verb())).toMatchObject({ code: "not_found", message: "There is no such agent, or it is not yours." });
    }
    expect((await listIssuers(auditor)).find(({ id }) => id === issuer.id)).toMatchObject({ state: "healthy", rules: 1 });
    expect(await refusalOf(listIssuers(member))).toMatchObject({ code: "forbidden" });
    expect(await refusalOf(listTrustRules(member))).toMatchObject({ code: "forbidden" });
    expect(await listTrustRules(member, { agentId: bot.agentId })).toHaveLength(1);
    expect(await refusalOf(listTrustRules(await person(core), { agentId: bot.agentId }))).toMatchObject({ code: "not_found" });
  });

  it("is told of an absent issuer, agent or rule that there is none", async () => {
    const bot = await agent(core, admin);
    for (const verb of [disableIssuer, enableIssuer, removeIssuer, refreshIssuer]) {
      expect(await refusalOf(verb(admin, { issuerId: NOBODY }))).toMatchObject({ code: "not_found" });
    }
    const conditions = [{ claim: "sub", equals: "x" }];
    const none = { agentId: bot.agentId, issuerId: NOBODY, name: "CI", conditions };
    expect(await refusalOf(addTrustRule(admin, none))).toMatchObject({ code: "not_found" });
    const { id: issuerId } = await addIssuer(admin, given());
    expect(await refusalOf(addTrustRule(admin, { ...none, issuerId, agentId: "agt_x" }))).toMatchObject({ code: "not_found" });
    const secret = await core.db.agentCredential.findFirstOrThrow({ where: { agentId: bot.agentId } });
    const wrong = { agentId: bot.agentId, credentialId: secret.id };
    expect(await refusalOf(removeTrustRule(admin, wrong))).toMatchObject({ code: "not_found" });
  });
});

describe("a trust rule", () => {
  it("is kept with its agent and issuer, shown with what makes it wide, and leaves a row without a token", async () => {
    const issuer = await addIssuer(admin, given({ kind: "gitlab" }));
    const owner = await person(core);
    const bot = await agent(core, owner, { name: "Deployer" });
    const conditions = [
      { claim: "project_id", equals: "22" },
      { claim: "namespace_id", oneOf: ["72", "73"] },
    ];
    const { credentialId, warnings } = await addTrustRule(admin, { agentId: bot.agentId, issuerId: issuer.id, name: "Deploy", conditions });
    expect(warnings).toHaveLength(1);
    expect(await listTrustRules(admin, { agentId: bot.agentId })).toEqual([
      {
        ...{ credentialId, name: "Deploy", agentId: bot.agentId, agentName: "Deployer", issuerId: issuer.id, issuerName: issuer.name },
        ...{ issuerKind: "gitlab", issuerDisabled: false, warnings, createdAt: core.clock.now(), lastUsedAt: null },
        conditions: [conditions[1], conditions[0]],
      },
    ]);
    expect((await rows(core)).at(-1)).toMatchObject({
      event: "agent.add_trust_rule",
      personId: admin.actor.personId,
      ownerId: owner.actor.personId,
      agentId: bot.agentId,
      target: "Deployer",
      detail: { credential_id: credentialId, name: "Deploy", issuer: issuer.issuer },
    });
  });

  it("is refused when it is too wide, and when an agent has it already in whatever order", async () => {
    const issuer = await addIssuer(admin, given({ kind: "gitlab" }));
    const [bot, other] = [await agent(core, admin), await agent(core, admin)];
    const conditions = [
      { claim: "project_id", equals: "22" },
      { claim: "namespace_id", equals: "72" },
    ];
    const rule = { agentId: bot.agentId, issuerId: issuer.id, name: "CI", conditions };
    const wide = { ...rule, conditions: conditions.slice(0, 1) };
    expect(await refusalOf(addTrustRule(admin, wide))).toMatchObject({ code: "invalid_request", reason: "conditions_too_wide" });
    const turned = { ...rule, agentId: other.agentId, conditions: conditions.toReversed() };
    const both = await Promise.allSettled([addTrustRule(admin, rule), addTrustRule(admin, turned)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await refusalOf(addTrustRule(admin, rule))).toMatchObject({ code: "conflict", reason: "rule_taken" });
  });

  it("goes, but not when it is all that its agent has", async () => {
    const issuer = await addIssuer(admin, given());
    const bot = await agent(core, admin);
    const conditions = [{ claim: "sub", equals: "job" }];
    const { credentialId } = await addTrustRule(admin, { agentId: bot.agentId, issuerId: issuer.id, name: "CI", conditions });
    const rule = { agentId: bot.agentId, credentialId };
    const where = { agentId: bot.agentId, kind: "secret" };
    await writingSide(core.db).prisma.agentCredential.updateMany({ where, data: { revokedAt: core.clock.now() } });
    expect(await refusalOf(removeTrustRule(admin, rule))).toMatchObject({ code: "conflict", reason: "credential_last" });
    await addAgentSecret(admin, bot);
    await removeTrustRule(admin, rule);
    expect(await listTrustRules(admin, { agentId: bot.agentId })).toEqual([]);
    expect((await rows(core)).at(-1)).toMatchObject({
      event: "agent.remove_trust_rule",
      agentId: bot.agentId,
      detail: { credential_id: credentialId },
    });
    expect(await refusalOf(removeTrustRule(admin, rule))).toMatchObject({ code: "not_found" });
  });

  it("keeps its issuer there, until it is gone", async () => {
    const issuer = await addIssuer(admin, given());
    const bot = await agent(core, admin);
    const conditions = [{ claim: "sub", equals: "job" }];
    const { credentialId } = await addTrustRule(admin, { agentId: bot.agentId, issuerId: issuer.id, name: "CI", conditions });
    const refusal = await refusalOf(removeIssuer(admin, { issuerId: issuer.id }));
    expect(refusal).toMatchObject({ code: "conflict", reason: "issuer_in_use", message: expect.stringContaining("1 rule rests on") });
    await removeTrustRule(admin, { agentId: bot.agentId, credentialId });
    await removeIssuer(admin, { issuerId: issuer.id });
    expect((await listIssuers(admin)).some(({ id }) => id === issuer.id)).toBe(false);
    expect((await rows(core)).at(-1)).toMatchObject({ event: "trusted_issuer.remove", target: issuer.name });
    expect(await core.db.agentCredential.findUnique({ where: { id: credentialId } })).toMatchObject({ issuerId: null });
  });
});
