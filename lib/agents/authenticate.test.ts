import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { writingSide } from "../db";
import { TEST_START } from "../testing/clock";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { newSecret } from "../tokens/secret";
import { authenticateAgent } from "./authenticate";
import { isKnownWrong, KNOWN_WRONG_MAX, KNOWN_WRONG_SECONDS, noteWrong } from "./knownWrong";
import { pauseAgent } from "./status";

const NOT_PROVED = {
  code: "invalid_client",
  reason: "invalid_client",
  message: "The agent could not be proved. Check client_id and client_secret.",
};

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterEach(() => core.clock.set(TEST_START));
afterAll(() => core.close());

describe("an agent", () => {
  test("is proved by its id and its secret", async () => {
    const ada = await person(core);
    const bot = await agent(core, ada, { name: "Bot" });
    expect(await authenticateAgent(core, bot)).toEqual({
      kind: "agent",
      agentId: bot.agentId,
      name: "Bot",
      credentialId: expect.stringMatching(/^crd_/),
      ownerId: ada.actor.personId,
      status: "active",
      ownerStatus: "active",
    });
  });

  test("that is paused, or whose owner is suspended, is proved and says so: the refusal is the broker's, with a row", async () => {
    const ada = await person(core);
    const paused = await agent(core, ada);
    await pauseAgent(ada, paused);
    expect(await authenticateAgent(core, paused)).toMatchObject({ status: "paused", ownerStatus: "active" });
    const ownerless = await agent(core, await person(core, { status: "suspended" }));
    expect(await authenticateAgent(core, ownerless)).toMatchObject({ status: "active", ownerStatus: "suspended" });
  });

  test("is not proved by anything else, in the same words", async () => {
    const ada = await person(core);
    const [bot, other] = [await agent(core, ada), await agent(core, ada)];
    const proofs = [
      { clientId: bot.clientId, clientSecret: newSecret("agt") },
      { clientId: bot.clientId, clientSecret: other.clientSecret },
      { clientId: "agt_01kjpt2v000000000000000000", clientSecret: bot.clientSecret },
      { clientId: "", clientSecret: bot.clientSecret },
      { clientId: ada.actor.personId, clientSecret: bot.clientSecret },
      { clientId: bot.clientId, clientSecret: "" },
      { clientId: bot.clientId, clientSecret: bot.clientSecret.toLowerCase() },
      { clientId: bot.clientId, clientSecret: newSecret("pat") },
      { clientId: `${bot.clientId}' OR '1'='1`, clientSecret: bot.clientSecret },
    ];
    for (const proof of proofs) {
      const refusal = await refusalOf(authenticateAgent(core, proof));
      expect(refusal).toMatchObject(NOT_PROVED);
      expect(refusal.detail).toBeUndefined();
    }
  });

  test("notes its secret's last use at most once a minute", async () => {
    const bot = await agent(core, await person(core));
    const lastUsedAt = async () =>
      (await core.db.agentCredential.findFirstOrThrow({ where: { agentId: bot.agentId } })).lastUsedAt?.toISOString();
    await authenticateAgent(core, bot);
    core.clock.advance({ seconds: 59 });
    await authenticateAgent(core, bot);
    expect(await lastUsedAt()).toBe("2026-03-02T09:00:00.000Z");
    core.clock.advance({ seconds: 1 });
    await authenticateAgent(core, bot);
    expect(await lastUsedAt()).toBe("2026-03-02T09:01:00.000Z");
  });

  test("is throttled after thirty wrong secrets, and a stranger who sends them does not shut it out", async () => {
    const bot = await agent(core, await person(core));
    const wrong = () => refusalOf(authenticateAgent(core, { clientId: bot.clientId, clientSecret: newSecret("agt") }));
    const codes = (await Promise.all(Array.from({ length: 40 }, wrong))).map(({ code }) => code);
    expect(codes.filter((code) => code === "invalid_client")).toHaveLength(30);
    expect(codes.filter((code) => code === "too_many_requests")).toHaveLength(10);
    expect(await authenticateAgent(core, bot)).toMatchObject({ agentId: bot.agentId });
  });

  test("is refused without a database when the secret is noise: its checksum is looked at first", async () => {
    const bot = await agent(core, await person(core));
    const away = { ...core, db: {} as never, limits: {} as never };
    const typo = `${bot.clientSecret.slice(0, -1)}${bot.clientSecret.endsWith("0") ? "1" : "0"}`;
    expect(await refusalOf(authenticateAgent(away, { clientId: bot.clientId, clientSecret: typo }))).toMatchObject(NOT_PROVED);
    expect(await refusalOf(authenticateAgent(away, { clientId: "nobody", clientSecret: bot.clientSecret }))).toMatchObject(NOT_PROVED);
  });

  test("is refused without a statement when the same wrong secret comes again, which never keeps a right one out", async () => {
    const ada = await person(core);
    const bot = await agent(core, ada);
    const wrong = { clientId: bot.clientId, clientSecret: newSecret("agt") };
    expect(await refusalOf(authenticateAgent(core, wrong))).toMatchObject(NOT_PROVED);
    const { statements, watched } = countStatements();
    const again = await Promise.all(Array.from({ length: 50 }, () => refusalOf(authenticateAgent(watched, wrong))));
    for (const refusal of again) expect(refusal).toMatchObject(NOT_PROVED);
    expect(statements()).toBe(0);
    expect(await authenticateAgent(watched, bot)).toMatchObject({ agentId: bot.agentId });
    expect(statements()).toBeGreaterThan(0);
    // Somebody else's right secret under this id is wrong here, and stays right there.
    const other = await agent(core, ada);
    expect(await refusalOf(authenticateAgent(core, { ...other, clientId: bot.clientId }))).toMatchObject(NOT_PROVED);
    expect(await authenticateAgent(core, other)).toMatchObject({ agentId: other.agentId });
    core.clock.advance({ seconds: KNOWN_WRONG_SECONDS });
    const before = statements();
    expect(await refusalOf(authenticateAgent(watched, wrong))).toMatchObject(NOT_PROVED);
    expect(statements()).toBeGreaterThan(before);
  });

  test("forgets the oldest wrong secrets, and never holds more than ten thousand", () => {
    const here = { flights: new Map(), clock: core.clock };
    for (let index = 0; index <= KNOWN_WRONG_MAX; index += 1) noteWrong(here, `hash ${index}`);
    expect([isKnownWrong(here, "hash 0"), isKnownWrong(here, "hash 1"), isKnownWrong(here, `hash ${KNOWN_WRONG_MAX}`)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(isKnownWrong({ ...here, flights: new Map() }, "hash 1")).toBe(false);
  });
});

/** Every statement that the pool is asked for. */
function countStatements() {
  const { pool } = writingSide(core.db);
  const query = vi.spyOn(pool, "query");
  return { statements: () => query.mock.calls.length, watched: core };
}
