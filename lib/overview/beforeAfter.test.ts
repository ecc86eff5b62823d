import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Changed, changedIn } from "../activity/changed";
import { addTrustRule } from "../agents/addTrustRule";
import { setOwners } from "../agents/owners";
import { removeTrustRule } from "../agents/removeTrustRule";
import { setSecretsBanned } from "../agents/secretsPolicy";
import { setAgentDpop } from "../agents/setDpop";
import { pauseAgent, resumeAgent } from "../agents/status";
import type { PersonCtx } from "../ctx";
import { pauseLending, resumeLending } from "../people/lending";
import { removePerson, resumePerson, setRole, suspendPerson } from "../people/status";
import { setUpConnector } from "../setups/setUp";
import { instanceRecord, newPair } from "../testing/agentKey";
import { agent, person, rows, type TestCore, testCore } from "../testing/core";
import { addIssuer } from "../trust/add";
import { disableIssuer, enableIssuer } from "../trust/status";

let core: TestCore;
let admin: PersonCtx;
let ada: PersonCtx;
let agentId: string;
beforeAll(async () => {
  core = await testCore();
  await instanceRecord(core);
  admin = await person(core, { role: "admin" });
});
beforeEach(async () => {
  ada = await person(core, { name: "Ada" });
  agentId = (await agent(core, ada)).agentId;
});
afterAll(() => core.close());

/** What the rows that this leaves say of before and after, oldest first. */
async function told(...work: (() => Promise<unknown>)[]): Promise<(readonly Changed[])[]> {
  const before = (await rows(core)).length;
  for (const one of work) {
    await one();
    core.clock.advance({ seconds: 1 });
  }
  return (await rows(core)).slice(before).map(changedIn);
}
const one = (what: string, before: string | null, after: string | null) => [{ what, before, after }];

describe("a change's row says what it was and what it is", () => {
  it("of a role", async () => {
    const role = (to: string) => () => setRole(admin, { ...ada.actor, role: to });
    expect(await told(role("auditor"), role("member"))).toEqual([one("Role", "member", "auditor"), one("Role", "auditor", "member")]);
  });

  it("of a person's status, and of what they lend", async () => {
    const { personId } = ada.actor;
    expect(
      await told(
        () => pauseLending(ada, { personId }),
        () => resumeLending(ada, { personId }),
        () => suspendPerson(admin, { personId }),
        () => resumePerson(admin, { personId }),
        () => removePerson(admin, { personId }),
        () => resumePerson(admin, { personId }),
      ),
    ).toEqual([
      one("Lending", "goes on", "paused"),
      one("Lending", "paused", "goes on"),
      one("Status", "active", "suspended"),
      one("Status", "suspended", "active"),
      one("Status", "active", "removed"),
      one("Status", "removed", "active"),
    ]);
  });

  it("of an agent's owners, by name, who they were and who they are, and nothing of those who stay", async () => {
    const bea = await person(core, { name: "Bea" });
    const [row] = await told(() => setOwners(ada, { agentId, owner: bea.actor.email, sponsor: ada.actor.email }));
    const [adas, beas] = [ada, bea].map(({ actor: { name, email } }) => `${name} (${email})`);
    expect(row).toEqual([...one("Owner", adas ?? "", beas ?? ""), ...one("Sponsor", null, adas ?? "")]);
  });

  it("of pausing and resuming an agent, and nothing where it was paused already", async () => {
    const pause = () => pauseAgent(ada, { agentId });
    expect(await told(pause, pause, () => resumeAgent(ada, { agentId }))).toEqual([
      one("Status", "active", "paused"),
      [],
      one("Status", "paused", "active"),
    ]);
  });

  it("of whether an agent must prove its key", async () => {
    const dpop = () => setAgentDpop(ada, { agentId, dpop: "required" });
    expect(await told(dpop, dpop)).toEqual([one("Proof of a key (DPoP)", "optional", "required"), []]);
  });

  it("of the policy of secrets", async () => {
    const ban = (secretsBanned: boolean) => () => setSecretsBanned(admin, { secretsBanned });
    expect(await told(ban(true), ban(true), ban(false))).toEqual([
      one("Secrets", "allowed", "banned"),
      [],
      one("Secrets", "banned", "allowed"),
    ]);
  });

  it("of a rule of trust that comes and goes, with its conditions; and of its issuer", async () => {
    const keys = JSON.stringify({ keys: [{ ...(await newPair()).publicJwk, kid: "one" }] });
    const issuer = await addIssuer(admin, { kind: "oidc", name: "House", issuer: "https://house.example.com", keysFrom: "inline", keys });
    const conditions = [{ claim: "sub", equals: "job" }];
    const rule = { credentialId: "" };
    expect(
      await told(
        async () => Object.assign(rule, await addTrustRule(admin, { agentId, issuerId: issuer.id, name: "Deploy", conditions })),
        () => removeTrustRule(admin, { agentId, ...rule }),
        () => disableIssuer(admin, { issuerId: issuer.id }),
        () => enableIssuer(admin, { issuerId: issuer.id }),
      ),
    ).toEqual([
      one('Rule "Deploy"', null, "sub is job"),
      one('Rule "Deploy"', "sub is job", null),
      one("Status", "trusted", "switched off"),
      one("Status", "switched off", "trusted"),
    ]);
  });

  it("of a connector's ceiling and its clients; of a secret, that there is another, and never the secret", async () => {
    const secret = "the-secret-of-valet-at-github";
    const setUp = (more: object) => () => setUpConnector(admin, { connector: "github", clientId: "our-id", ...more });
    const written = await told(
      setUp({ clientSecret: secret }),
      setUp({ ceiling: ["read:user"] }),
      setUp({ ceiling: [], enabled: false }),
      setUp({ clientId: "other", clientSecret: `${secret}-2`, enabled: true }),
    );
    const label = written[1]?.[0]?.after ?? "";
    expect(label).not.toContain("read:user");
    expect(written).toEqual([
      [
        ...one("Switched on", null, "yes"),
        ...one("Ceiling", null, "all that it knows"),
        ...one("Client", null, "our-id"),
        ...one("Secret", null, "another"),
      ],
      one("Ceiling", "all that it knows", label),
      [...one("Switched on", "yes", "no"), ...one("Ceiling", label, "all that it knows")],
      [...one("Switched on", "no", "yes"), ...one("Client", "our-id", "other"), ...one("Secret", "the one before", "another")],
    ]);
    expect(JSON.stringify(await rows(core))).not.toContain(secret);
  });
});
