import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { PersonCtx } from "../ctx";
import { openDatabase, writingSide } from "../db";
import { createOnce } from "../once";
import { assertion, type Changes, keyRecord, newPair, type PairOfKeys } from "../testing/agentKey";
import { TEST_START } from "../testing/clock";
import { agent, person, TEST_ISSUER, type TestCore, testCore } from "../testing/core";
import type { SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { authenticateByAssertion } from "./assertion";
import { pauseAgent } from "./status";

const NOT_PROVED = {
  code: "invalid_client",
  reason: "invalid_client",
  message: "The agent could not be proved. Check its assertion: who signed it, for whom, and until when. Each is taken once.",
  next: undefined,
  fix: undefined,
  facts: undefined,
};

let core: TestCore;
let ada: PersonCtx;
let bot: SeededAgent;
let pair: PairOfKeys;
let credentialId: string;
beforeAll(async () => {
  core = await testCore();
  ada = await person(core);
  pair = await newPair();
});
afterEach(() => core.clock.set(TEST_START));
afterAll(() => core.close());

/** A fresh agent each time: thirty failures of one would throttle it. */
async function newBot(): Promise<void> {
  bot = await agent(core, ada, { name: "Bot" });
  credentialId = await keyRecord(core, bot.agentId, pair);
}

const sign = (changes: Changes = {}, by = pair) => assertion(core, bot.agentId, by, changes);
const prove = (text: string, more: { type?: "jwt-bearer" | "jwt-spiffe"; clientId?: string } = {}) =>
  authenticateByAssertion(core, { type: "jwt-bearer", clientId: null, ...more, assertion: text });
const seconds = (count: number) => core.clock.now().getTime() / 1000 + count;

/** Refused in the one answer there is; why, the log and the ledger alone learn. */
/** It does not say of itself that its agent signed it, so it is judged as a workload's: the cause goes to the log there. */
const OF_A_WORKLOAD = undefined;

async function expectNotProved(text: string, cause: string | undefined, more = {}): Promise<void> {
  const refusal = await refusalOf(prove(text, more));
  expect(refusal).toMatchObject(NOT_PROVED);
  expect(refusal.detail).toBe(cause);
  const signature = text.split(".")[2] ?? "";
  if (signature.length > 40) expect(`${refusal.message} ${JSON.stringify(refusal)}`).not.toContain(signature);
}

describe("an assertion that its agent signed", () => {
  test("proves it, and says by which credential", async () => {
    await newBot();
    const proved = await prove(await sign(), { clientId: bot.clientId });
    expect(proved).toEqual({
      kind: "agent",
      agentId: bot.agentId,
      name: "Bot",
      ownerId: ada.actor.personId,
      credentialId,
      status: "active",
      ownerStatus: "active",
    });
  });

  test.each(["ES256", "RS256", "PS256", "EdDSA", "Ed25519"])("is taken by %s", async (alg) => {
    await newBot();
    const other = await newPair(alg);
    const id = await keyRecord(core, bot.agentId, other);
    expect(await prove(await sign({ header: { alg } }, other))).toMatchObject({ credentialId: id });
  });

  test.each(["JWT", "jwt", "client-authentication+jwt", "application/client-authentication+jwt", "Client-Authentication+JWT"])(
    "is taken with the type %s",
    async (typ) => {
      await newBot();
      expect(await prove(await sign({ header: { typ } }))).toMatchObject({ agentId: bot.agentId });
    },
  );

  test("finds its key among several, named or not", async () => {
    await newBot();
    const other = await newPair();
    const id = await keyRecord(core, bot.agentId, { ...other, publicJwk: { ...other.publicJwk, kid: "laptop" } });
    for (const kid of ["laptop", undefined, "a name that nobody has"]) {
      expect(await prove(await sign({ header: { kid } }, other))).toMatchObject({ credentialId: id });
      expect(await prove(await sign({ header: { kid: kid && "unknown" } }))).toMatchObject({ credentialId });
    }
  });

  test("is taken until its end and two minutes after, and from a clock that is two minutes ahead", async () => {
    await newBot();
    for (const claims of [
      { exp: seconds(-119) },
      { exp: seconds(300) },
      { nbf: seconds(120), iat: seconds(120), exp: seconds(420) },
      { nbf: undefined, iat: undefined },
    ]) {
      expect(await prove(await sign({ claims }))).toMatchObject({ agentId: bot.agentId });
    }
  });

  test("proves a paused agent, and says so: the refusal is the broker's, with a row", async () => {
    await newBot();
    await pauseAgent(ada, bot);
    expect(await prove(await sign())).toMatchObject({ status: "paused" });
  });

  test("notes its key's last use at most once a minute", async () => {
    await newBot();
    const lastUsedAt = async () =>
      (await core.db.agentCredential.findUniqueOrThrow({ where: { id: credentialId } })).lastUsedAt?.toISOString();
    await prove(await sign());
    core.clock.advance({ seconds: 59 });
    await prove(await sign());
    expect(await lastUsedAt()).toBe("2026-03-02T09:00:00.000Z");
    core.clock.advance({ seconds: 1 });
    await prove(await sign());
    expect(await lastUsedAt()).toBe("2026-03-02T09:01:00.000Z");
  });
});

describe("an assertion is not believed, in the same words,", () => {
  beforeAll(newBot);

  const claims: [name: string, cause: string | undefined, claims: () => Record<string, unknown>][] = [
    ["when it is for somebody else", "assertion_audience", () => ({ aud: "https://elsewhere.example.com" })],
    ["when it is for the token endpoint", "assertion_audience", () => ({ aud: `${TEST_ISSUER}/oauth/token` })],
    ["when it is for us and a slash", "assertion_audience", () => ({ aud: `${TEST_ISSUER}/` })],
    ["when it is for two", "assertion_audience", () => ({ aud: [TEST_ISSUER, `${TEST_ISSUER}/oauth/token`] })],
    ["when it is for us, in a list", "assertion_audience", () => ({ aud: [TEST_ISSUER] })],
    ["when it is for nobody", "assertion_audience", () => ({ aud: undefined })],
    ["when it has no end", "assertion_too_long", () => ({ exp: undefined })],
    ["when its end is more than five minutes ahead", "assertion_too_long", () => ({ exp: seconds(301) })],
    [
      "when its end is more than five minutes from its own beginning",
      "assertion_too_long",
      () => ({ iat: seconds(60), nbf: undefined, exp: seconds(361) }),
    ],
    [
      "when it says no beginning, and its end is too far",
      "assertion_too_long",
      () => ({ iat: undefined, nbf: undefined, exp: seconds(301) }),
    ],
    ["when its end is in ten years", "assertion_too_long", () => ({ exp: seconds(315_360_000) })],
    ["when its end is no number", "assertion_claims", () => ({ exp: "soon" })],
    ["when it has ended", "assertion_ended", () => ({ exp: seconds(-120) })],
    ["when it was issued in the future", "assertion_early", () => ({ iat: seconds(121), exp: seconds(400) })],
    ["when it is not yet valid", "assertion_early", () => ({ nbf: seconds(121) })],
    ["when it has no jti", "assertion_without_jti", () => ({ jti: undefined })],
    ["when its jti is empty", "assertion_without_jti", () => ({ jti: "" })],
    ["when its jti is no text", "assertion_without_jti", () => ({ jti: 7 })],
    ["when its jti is a book", "assertion_without_jti", () => ({ jti: "x".repeat(1001) })],
    ["when its subject is another agent", OF_A_WORKLOAD, () => ({ sub: "agt_01kjpt2v000000000000000000" })],
    ["when its issuer is another agent", OF_A_WORKLOAD, () => ({ iss: "agt_01kjpt2v000000000000000000" })],
    ["when it has no subject", OF_A_WORKLOAD, () => ({ sub: undefined })],
  ];
  test.each(claims)("%s", async (_name, cause, changed) => {
    await expectNotProved(await sign({ claims: changed() }), cause);
  });

  test.each(["at+jwt", "oauth-id-jag+jwt", "dpop+jwt", "secevent+jwt", "", 7])("when its type is %s", async (typ) => {
    await newBot();
    await expectNotProved(await sign({ header: { typ } }), "assertion_type");
  });

  test("without a signature, or with one by a public key taken for a secret", async () => {
    await newBot();
    const body = { iss: bot.agentId, sub: bot.agentId, aud: TEST_ISSUER, exp: seconds(60), jti: "one" };
    await expectNotProved(new UnsecuredJWT(body).encode(), "assertion_algorithm");
    for (const secret of [JSON.stringify(pair.publicJwk), pair.spki, pair.publicJwk.x as string]) {
      const key = new TextEncoder().encode(secret.padEnd(32));
      await expectNotProved(await new SignJWT(body).setProtectedHeader({ alg: "HS256" }).sign(key), "assertion_algorithm");
    }
  });

  test("by a stranger's key, whatever name or key it brings along", async () => {
    await newBot();
    const stranger = await newPair();
    const { thumbprint } = await core.db.agentCredential.findUniqueOrThrow({ where: { id: credentialId } });
    for (const header of [{}, { kid: thumbprint ?? "" }, { jwk: stranger.publicJwk }, { jku: "https://stranger.example.com/jwks" }]) {
      await expectNotProved(await sign({ header }, stranger), "assertion_signature");
    }
    await expectNotProved(await sign({ header: { alg: "PS256" } }, await newPair("PS256")), "assertion_signature");
  });

  test("by another algorithm than the one its key is for", async () => {
    await newBot();
    const rsa = await newPair("RS256");
    await keyRecord(core, bot.agentId, { ...rsa, publicJwk: { ...rsa.publicJwk, alg: "PS256" } });
    await expectNotProved(await sign({ header: { alg: "RS256" } }, rsa), "assertion_signature");
  });

  test("by a key that was revoked, has ended, or is another agent's", async () => {
    await newBot();
    const [before, first] = [bot, credentialId];
    const { prisma } = writingSide(core.db);
    await prisma.agentCredential.update({ where: { id: first }, data: { expiresAt: core.clock.now() } });
    await expectNotProved(await sign(), "credential_ended");
    await prisma.agentCredential.update({ where: { id: first }, data: { revokedAt: core.clock.now() } });
    await expectNotProved(await sign(), "assertion_signature");
    bot = await agent(core, ada);
    await keyRecord(core, before.agentId, pair);
    await expectNotProved(await sign(), "assertion_signature");
  });

  test("when the request names another client", async () => {
    await newBot();
    await expectNotProved(await sign(), "assertion_other_client", { clientId: (await agent(core, ada)).clientId });
  });

  test("when it is no JWT, or critical of what nobody knows", async () => {
    for (const noise of ["", "a.b.c", "x", "vlt_agt_0123456789ABCDEFGHIJKLMNOPQRST4PMbyp", `${"a".repeat(9000)}.b.c`]) {
      await expectNotProved(noise, "assertion_unreadable");
    }
    await newBot();
    const text = await new SignJWT({ iss: bot.agentId, sub: bot.agentId, aud: TEST_ISSUER, exp: seconds(60), jti: "one" })
      .setProtectedHeader({ alg: "ES256", crit: ["x"], x: 1 } as never)
      .sign(pair.privateKey, { crit: { x: true } });
    await expectNotProved(text, "assertion_unreadable");
  });

  test("when it comes as a SPIFFE one", async () => {
    await newBot();
    await expectNotProved(await sign(), OF_A_WORKLOAD, { type: "jwt-spiffe" });
  });

  test("when nobody has its id", async () => {
    await newBot();
    bot = { ...bot, agentId: "agt_01kjpt2v000000000000000000" };
    await expectNotProved(await sign(), "assertion_signature");
  });
});

describe("an assertion is taken once", () => {
  test("by all processes together, and until it would have ended", async () => {
    await newBot();
    const text = await sign({ claims: { exp: seconds(300) } });
    const elsewhere = openDatabase(core.databaseUrl);
    const other = { ...core, db: elsewhere.db, once: createOnce(writingSide(elsewhere.db).pool) };
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        authenticateByAssertion(index % 2 ? other : core, { type: "jwt-bearer", clientId: null, assertion: text }),
      ),
    );
    await elsewhere.close();
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expectNotProved(text, "assertion_replayed");
    for (const minutes of [1, 5]) {
      core.clock.advance({ minutes });
      await core.once.sweep(core.clock.now());
      await expectNotProved(text, "assertion_replayed");
    }
    core.clock.advance({ seconds: 59 });
    await core.once.sweep(core.clock.now());
    await expectNotProved(text, "assertion_replayed");
    core.clock.advance({ seconds: 1 });
    await expectNotProved(text, "assertion_ended");
  });

  test("per agent: another may have chosen the same jti", async () => {
    await newBot();
    await prove(await sign({ claims: { jti: "first" } }));
    await newBot();
    expect(await prove(await sign({ claims: { jti: "first" } }))).toMatchObject({ agentId: bot.agentId });
  });

  test("and a failed one is not spent", async () => {
    await newBot();
    await expectNotProved(await sign({ claims: { jti: "again", aud: "https://elsewhere.example.com" } }), "assertion_audience");
    expect(await prove(await sign({ claims: { jti: "again" } }))).toMatchObject({ agentId: bot.agentId });
  });
});

test("after thirty failures an agent's id is throttled, and a right assertion still passes", async () => {
  await newBot();
  const stranger = await newPair();
  const texts = await Promise.all(Array.from({ length: 40 }, () => sign({}, stranger)));
  const codes = (await Promise.all(texts.map((text) => refusalOf(prove(text))))).map(({ code }) => code);
  expect(codes.filter((code) => code === "invalid_client")).toHaveLength(30);
  expect(codes.filter((code) => code === "too_many_requests")).toHaveLength(10);
  expect(await prove(await sign())).toMatchObject({ agentId: bot.agentId });
});

test("when it cannot be remembered, nobody is proved", async () => {
  await newBot();
  const away = { ...core, once: { take: () => Promise.reject(new Error("away")), sweep: () => Promise.reject(new Error("away")) } };
  const text = await sign();
  await expect(authenticateByAssertion(away, { type: "jwt-bearer", clientId: null, assertion: text })).rejects.toThrow("away");
});
