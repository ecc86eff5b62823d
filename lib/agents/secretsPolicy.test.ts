import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonCtx } from "../ctx";
import { instanceRecord, keyRecord, newPair } from "../testing/agentKey";
import { agent, person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { readSecretsPolicy, setSecretsBanned } from "./secretsPolicy";

let core: TestCore;
let admin: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  await instanceRecord(core);
  admin = await person(core, { role: "admin" });
});
afterAll(() => core.close());

test("the policy says beforehand whom a ban leaves without a credential", async () => {
  const ada = await person(core, { name: "Ada" });
  const [alone, both, ending] = [
    await agent(core, ada, { name: "Alone" }),
    await agent(core, ada, { name: "Both" }),
    await agent(core, ada, { name: "Ended key" }),
  ];
  const pair = await newPair();
  await keyRecord(core, both.agentId, pair);
  await keyRecord(core, ending.agentId, pair, { expiresAt: core.clock.now() });
  expect(await readSecretsPolicy(admin)).toEqual({
    secretsBanned: false,
    provedBySecretsAlone: [
      { id: alone.agentId, name: "Alone", ownerName: "Ada" },
      { id: ending.agentId, name: "Ended key", ownerName: "Ada" },
    ],
  });
});

test("an admin bans secrets and allows them again, with a row each time", async () => {
  await setSecretsBanned(admin, { secretsBanned: true });
  expect((await rows(core)).at(-1)).toMatchObject({
    event: "policy.ban_secrets",
    personId: admin.actor.personId,
    target: "Secrets of agents",
  });
  expect(await readSecretsPolicy(admin)).toMatchObject({ secretsBanned: true });
  await setSecretsBanned(admin, { secretsBanned: false });
  expect((await rows(core)).at(-1)).toMatchObject({ event: "policy.allow_secrets" });
  expect(await readSecretsPolicy(admin)).toMatchObject({ secretsBanned: false });
});

test("nobody else may: an auditor reads it, a member does not", async () => {
  const [auditor, member] = [await person(core, { role: "auditor" }), await person(core)];
  const forbidden = { code: "forbidden", reason: "role_missing" };
  for (const ctx of [auditor, member]) expect(await refusalOf(setSecretsBanned(ctx, { secretsBanned: true }))).toMatchObject(forbidden);
  expect(await readSecretsPolicy(auditor)).toMatchObject({ secretsBanned: false });
  expect(await refusalOf(readSecretsPolicy(member))).toMatchObject(forbidden);
});
