import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { asActor, type Ctx, type PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { assertion, instanceRecord, keyRecord, newPair, type PairOfKeys } from "../testing/agentKey";
import { TEST_START } from "../testing/clock";
import { agent, person, rows, type TestCore, testCore } from "../testing/core";
import type { SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { addAgentKey } from "./addKey";
import { addAgentSecret } from "./addSecret";
import { authenticateByAssertion } from "./assertion";
import { authenticateAgent } from "./authenticate";
import { getAgent } from "./list";
import { listCredentials } from "./listCredentials";
import { registerAgent } from "./register";
import { revokeCredential } from "./revokeCredential";
import { type Overlap, rotateCredential } from "./rotateCredential";

const NOT_THERE = { code: "not_found", message: "There is no such agent, or it is not yours." };
const LAST = {
  code: "conflict",
  reason: "last_credential",
  message: "This is the last credential that works: without it the agent could not prove itself any more.",
};

let core: TestCore;
let ada: PersonCtx;
let bot: SeededAgent;
let pair: PairOfKeys;
beforeAll(async () => {
  core = await testCore();
  await instanceRecord(core);
  ada = await person(core);
  pair = await newPair();
});
afterEach(async () => {
  core.clock.set(TEST_START);
  await instanceRecord(core, { secretsBanned: false });
});
afterAll(() => core.close());

const newBot = async () => {
  bot = await agent(core, ada, { name: "Bot" });
  // What is made later is later.
  core.clock.advance({ milliseconds: 1 });
};
const publicKey = (one = pair) => JSON.stringify(one.publicJwk);
const list = () => listCredentials(ada, bot);
const firstId = async () => (await list()).at(-1)?.id ?? "";
const lastRow = async () => (await rows(core)).at(-1);
const bySecret = (clientSecret: string) => authenticateAgent(core, { clientId: bot.clientId, clientSecret });
const byKey = async (one = pair) =>
  authenticateByAssertion(core, { type: "jwt-bearer", clientId: null, assertion: await assertion(core, bot.agentId, one) });
const refusedKey = (pasted: string) => refusalOf(addAgentKey(ada, { ...bot, publicKey: pasted }));

describe("a key", () => {
  test("proves its agent from the moment it is added; its row and its list name it and hold nothing secret", async () => {
    await newBot();
    const { credentialId } = await addAgentKey(ada, { ...bot, name: " CI ", publicKey: pair.spki });
    expect(await byKey()).toMatchObject({ agentId: bot.agentId, credentialId });
    const [added, secret] = await list();
    expect(added).toEqual({
      id: credentialId,
      kind: "key",
      name: "CI",
      lastFour: null,
      thumbprint: expect.stringMatching(/^[\w-]{43}$/),
      issuerName: null,
      state: "live",
      createdAt: core.clock.now(),
      lastUsedAt: core.clock.now(),
      expiresAt: null,
      revokedAt: null,
    });
    expect(secret).toMatchObject({ kind: "secret", lastFour: bot.clientSecret.slice(-4), state: "live", thumbprint: null });
    expect(await lastRow()).toMatchObject({
      event: "agent.add_credential",
      personId: ada.actor.personId,
      agentId: bot.agentId,
      ownerId: ada.actor.personId,
      target: `Bot: key "CI" …${added?.thumbprint?.slice(-4)}`,
      detail: { credentialId },
    });
    expect(await core.db.agentCredential.findUnique({ where: { id: credentialId } })).toMatchObject({
      publicJwk: pair.publicJwk,
      createdById: ada.actor.personId,
    });
  });

  test("that is private is refused loudly, and nothing of it is kept", async () => {
    await newBot();
    const refusal = await refusedKey(JSON.stringify(pair.privateJwk));
    expect(refusal).toMatchObject({
      code: "invalid_request",
      reason: "private_key",
      fields: { publicKey: expect.stringMatching(/^This is a private key/) },
    });
    const kept = JSON.stringify([await rows(core), await core.db.agentCredential.findMany(), refusal.message, refusal, core.log.lines]);
    expect(kept).not.toContain(pair.privateJwk.d);
    expect(await list()).toHaveLength(1);
  });

  test("is refused when it is none, unsuitable, or there already", async () => {
    await newBot();
    expect(await refusedKey(" ")).toMatchObject({ code: "invalid_request", fields: { publicKey: expect.any(String) } });
    expect(await refusedKey("key")).toMatchObject({ code: "invalid_request", reason: "key_unreadable" });
    expect(await refusedKey(publicKey(await newPair("ES384")))).toMatchObject({ code: "invalid_request", reason: "key_unsuitable" });
    await addAgentKey(ada, { ...bot, publicKey: publicKey() });
    expect(await refusedKey(pair.spki)).toMatchObject({ code: "conflict", reason: "key_known" });
  });

  test("that ended by itself may come back", async () => {
    await newBot();
    await keyRecord(core, bot.agentId, pair, { expiresAt: core.clock.now() });
    const { credentialId } = await addAgentKey(ada, { ...bot, publicKey: publicKey() });
    expect(await byKey()).toMatchObject({ credentialId });
  });
});

describe("another secret", () => {
  test("works beside the first, is shown once, and kept as a hash", async () => {
    await newBot();
    const { clientSecret, credentialId } = await addAgentSecret(ada, { ...bot, name: "laptop" });
    expect(clientSecret).toMatch(/^vlt_agt_[0-9A-Za-z]{36}$/);
    expect(await bySecret(clientSecret)).toMatchObject({ credentialId });
    expect(await bySecret(bot.clientSecret)).toMatchObject({ agentId: bot.agentId });
    expect(await lastRow()).toMatchObject({ event: "agent.add_credential", target: `Bot: secret "laptop" …${clientSecret.slice(-4)}` });
    expect(JSON.stringify([await rows(core), await list(), await core.db.agentCredential.findMany()])).not.toContain(clientSecret);
    expect(await getAgent(ada, bot)).toMatchObject({ secretLastFour: clientSecret.slice(-4) });
  });

  test("is refused once there are twenty, also when twenty are asked for at once", async () => {
    await newBot();
    const tries = await Promise.allSettled(Array.from({ length: 22 }, () => addAgentSecret(ada, bot)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(19);
    expect(await refusedKey(publicKey())).toMatchObject({ code: "conflict", reason: "credentials_full" });
    expect(await refusalOf(rotateCredential(ada, { ...bot, credentialId: await firstId(), overlap: "1h" }))).toMatchObject({
      reason: "credentials_full",
    });
    await rotateCredential(ada, { ...bot, credentialId: await firstId(), overlap: "0" });
    expect((await list()).filter(({ state }) => state === "live")).toHaveLength(20);
  });
});

describe("rotating", () => {
  test.each([
    ["0", 0],
    ["1h", 3_600],
    ["24h", 86_400],
    ["7d", 604_800],
  ] as const)("a secret with an overlap of %s: both work until the one before ends", async (overlap, seconds) => {
    await newBot();
    const before = await firstId();
    const { clientSecret, credentialId, beforeEndsAt } = await rotateCredential(ada, { ...bot, credentialId: before, overlap });
    const endsAt = new Date(core.clock.now().getTime() + seconds * 1000);
    expect(beforeEndsAt).toEqual(endsAt);
    expect(await lastRow()).toMatchObject({ event: "agent.rotate_credential", detail: { credentialId, before, overlap } });
    if (seconds > 0) {
      core.clock.set(new Date(endsAt.getTime() - 1));
      expect(await bySecret(bot.clientSecret)).toMatchObject({ credentialId: before });
    }
    core.clock.set(endsAt);
    expect(await refusalOf(bySecret(bot.clientSecret))).toMatchObject({ code: "invalid_client" });
    expect(await bySecret(clientSecret as string)).toMatchObject({ credentialId });
    expect((await list()).map(({ state }) => state)).toEqual(["live", seconds > 0 ? "ended" : "revoked"]);
  });

  test("a key takes a new key under the old one's name", async () => {
    await newBot();
    const next = await newPair("Ed25519");
    const { credentialId } = await addAgentKey(ada, { ...bot, name: "CI", publicKey: publicKey() });
    const same = { ...bot, credentialId, overlap: "1h" as Overlap };
    expect(await refusalOf(rotateCredential(ada, same))).toMatchObject({
      code: "invalid_request",
      fields: { publicKey: expect.any(String) },
    });
    expect(await refusalOf(rotateCredential(ada, { ...same, publicKey: publicKey() }))).toMatchObject({ reason: "key_known" });
    expect(await rotateCredential(ada, { ...same, publicKey: publicKey(next) })).not.toHaveProperty("clientSecret");
    expect((await list()).filter(({ kind }) => kind === "key").map(({ name, state }) => [name, state])).toEqual([
      ["CI", "live"],
      ["CI", "live"],
    ]);
    core.clock.advance({ hours: 1 });
    expect(await refusalOf(byKey())).toMatchObject({ code: "invalid_client", detail: "credential_ended" });
  });

  test("one that was rotated is refused: its successor is rotated instead", async () => {
    await newBot();
    const credentialId = await firstId();
    await rotateCredential(ada, { ...bot, credentialId, overlap: "7d" });
    expect(await refusalOf(rotateCredential(ada, { ...bot, credentialId, overlap: "7d" }))).toMatchObject({
      code: "conflict",
      reason: "rotated_already",
    });
  });

  test("asked for ten times at once makes one successor", async () => {
    await newBot();
    const credentialId = await firstId();
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => rotateCredential(ada, { ...bot, credentialId, overlap: "0" })));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await list()).filter(({ state }) => state === "live")).toHaveLength(1);
  });

  test("a workload is refused: its platform rotates by itself", async () => {
    await newBot();
    const credentialId = await workloadRecord();
    expect(await refusalOf(rotateCredential(ada, { ...bot, credentialId, overlap: "0" }))).toMatchObject({
      code: "conflict",
      reason: "not_rotated",
    });
  });
});

/** A workload credential, by an issuer that is trusted or was switched off. */
async function workloadRecord(disabledAt: Date | null = null): Promise<string> {
  const createdAt = core.clock.now();
  const [id, issuerId] = [newId("crd", createdAt), newId("tri", createdAt)];
  const { prisma } = writingSide(core.db);
  const issuer = { id: issuerId, kind: "oidc", name: "CI", issuer: `https://${issuerId}.example.com`, keysFrom: "discovery", disabledAt };
  await prisma.trustedIssuer.create({ data: { ...issuer, createdById: ada.actor.personId, createdAt } });
  await prisma.agentCredential.create({ data: { id, agentId: bot.agentId, kind: "workload", issuerId, createdAt } });
  return id;
}

describe("revoking", () => {
  test("ends a credential with the next proof, and leaves its row", async () => {
    await newBot();
    const credentialId = await firstId();
    await addAgentKey(ada, { ...bot, publicKey: publicKey() });
    await revokeCredential(ada, { ...bot, credentialId });
    expect(await refusalOf(bySecret(bot.clientSecret))).toMatchObject({ code: "invalid_client", detail: "credential_revoked" });
    expect(await lastRow()).toMatchObject({
      event: "agent.revoke_credential",
      target: `Bot: secret …${bot.clientSecret.slice(-4)}`,
      detail: { credentialId },
    });
    expect(await refusalOf(revokeCredential(ada, { ...bot, credentialId }))).toMatchObject({ code: "not_found" });
  });

  test("the last one that works is refused, however many there are that do not", async () => {
    await newBot();
    const credentialId = await firstId();
    expect(await refusalOf(revokeCredential(ada, { ...bot, credentialId }))).toMatchObject(LAST);
    const ended = await keyRecord(core, bot.agentId, pair, { expiresAt: core.clock.now() });
    await workloadRecord(core.clock.now());
    expect(await refusalOf(revokeCredential(ada, { ...bot, credentialId }))).toMatchObject(LAST);
    await revokeCredential(ada, { ...bot, credentialId: ended });
    expect(await bySecret(bot.clientSecret)).toMatchObject({ credentialId });
  });

  test("counts a workload, and not a secret that is banned", async () => {
    await newBot();
    const secret = await firstId();
    const workload = await workloadRecord();
    await instanceRecord(core, { secretsBanned: true });
    expect(await refusalOf(revokeCredential(ada, { ...bot, credentialId: workload }))).toMatchObject(LAST);
    await revokeCredential(ada, { ...bot, credentialId: secret });
    expect((await list()).find(({ id }) => id === workload)).toMatchObject({ kind: "workload", issuerName: "CI", state: "live" });
  });

  test("of the last two at once leaves one", async () => {
    for (let round = 0; round < 5; round += 1) {
      await newBot();
      await keyRecord(core, bot.agentId, pair);
      const both = await list();
      const tries = await Promise.allSettled(both.map(({ id }) => revokeCredential(ada, { ...bot, credentialId: id })));
      expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
  });
});

describe("a secret that was right once", () => {
  test("is refused in the words for a wrong one, and throttled like one", async () => {
    await newBot();
    await rotateCredential(ada, { ...bot, credentialId: await firstId(), overlap: "0" });
    const tries = await Promise.all(Array.from({ length: 31 }, () => refusalOf(bySecret(bot.clientSecret))));
    expect(new Set(tries.map(({ code, message, reason }) => `${code} ${reason} ${message}`))).toEqual(
      new Set([
        "invalid_client invalid_client The agent could not be proved. Check client_id and client_secret.",
        expect.stringMatching(/^too_many_requests/),
      ]),
    );
  });
});

describe("while secrets are banned", () => {
  test("none is made, not by registering either; what is there is refused as any wrong one, and works again after", async () => {
    await newBot();
    await instanceRecord(core, { secretsBanned: true });
    const banned = { code: "forbidden", reason: "secrets_banned" };
    expect(await refusalOf(addAgentSecret(ada, bot))).toMatchObject(banned);
    expect(await refusalOf(rotateCredential(ada, { ...bot, credentialId: await firstId(), overlap: "0" }))).toMatchObject(banned);
    const made = await registerAgent(ada, { name: "Keyed", purpose: "Has a key" });
    expect(made).toEqual({ agentId: made.agentId, clientId: made.agentId, clientSecret: null });
    expect(await listCredentials(ada, made)).toEqual([]);
    expect(await refusalOf(bySecret(bot.clientSecret))).toMatchObject({
      code: "invalid_client",
      reason: "invalid_client",
      message: "The agent could not be proved. Check client_id and client_secret.",
      detail: "secrets_banned",
    });
    expect(await list()).toMatchObject([{ state: "secrets_banned" }]);
    await keyRecord(core, bot.agentId, pair);
    expect(await byKey()).toMatchObject({ agentId: bot.agentId });
    await instanceRecord(core, { secretsBanned: false });
    expect(await bySecret(bot.clientSecret)).toMatchObject({ agentId: bot.agentId });
  });
});

describe("the credentials of somebody else's agent", () => {
  test("cannot be read or changed, and are not told from none", async () => {
    await newBot();
    const credentialId = await firstId();
    const [eve, auditor] = [await person(core), await person(core, { role: "auditor" })];
    const system = asActor(core, { kind: "system", name: "start" } as const) as Ctx as PersonCtx;
    const before = await core.db.agentCredential.findMany({ where: { agentId: bot.agentId } });
    for (const ctx of [eve, auditor, system]) {
      for (const { agentId } of [bot, { agentId: "agt_01kjpt2v000000000000000000" }]) {
        expect(await refusalOf(addAgentKey(ctx, { agentId, publicKey: publicKey() }))).toMatchObject(NOT_THERE);
        expect(await refusalOf(addAgentSecret(ctx, { agentId }))).toMatchObject(NOT_THERE);
        expect(await refusalOf(revokeCredential(ctx, { agentId, credentialId }))).toMatchObject(NOT_THERE);
        expect(await refusalOf(rotateCredential(ctx, { agentId, credentialId, overlap: "0" }))).toMatchObject(NOT_THERE);
      }
    }
    expect(await refusalOf(listCredentials(eve, bot))).toMatchObject(NOT_THERE);
    expect(await listCredentials(auditor, bot)).toHaveLength(1);
    expect(await core.db.agentCredential.findMany({ where: { agentId: bot.agentId } })).toEqual(before);
  });

  test("are not reached through an agent of one's own", async () => {
    const other = await agent(core, await person(core));
    const theirs = await core.db.agentCredential.findFirstOrThrow({ where: { agentId: other.agentId } });
    await newBot();
    await keyRecord(core, bot.agentId, pair);
    for (const verb of [revokeCredential, rotateCredential]) {
      expect(await refusalOf(verb(ada, { ...bot, credentialId: theirs.id, overlap: "0" }))).toMatchObject({ code: "not_found" });
    }
    expect(await core.db.agentCredential.findUnique({ where: { id: theirs.id } })).toEqual(theirs);
  });
});
