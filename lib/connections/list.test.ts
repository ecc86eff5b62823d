import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import { setUpConnector } from "../setups/setUp";
import { CLIENT, connect, type World, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { endedThere, judgeHealth } from "./health";
import { getConnection, listConnections } from "./list";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

describe("a person's list of accounts", () => {
  it("names each agent that uses one, once, and no agent whose grant is over", async () => {
    const ada = await person(here.core);
    const [used, idle] = [await connect(ada), await connect(ada, { login: "linus" })];
    const [zoe, bot, past] = [
      await agent(here.core, ada, { name: "Zoe bot" }),
      await agent(here.core, ada, { name: "A bot" }),
      await agent(here.core, ada, { name: "Past bot" }),
    ];
    const lend = ({ agentId }: { agentId: string }) =>
      mintGrant(ada, { agentId, connectionId: used, scopes: ["issues:read"], lifetime: "1h", delivery: "gateway" });
    for (const one of [zoe, bot, bot]) await lend(one);
    await revokeGrant(ada, { grantId: (await lend(past)).grantId });
    const list = await listConnections(ada);
    expect(list.find(({ id }) => id === used)).toMatchObject({
      liveGrants: 3,
      agents: [
        { id: bot.agentId, name: "A bot" },
        { id: zoe.agentId, name: "Zoe bot" },
      ],
    });
    expect(list.find(({ id }) => id === idle)).toMatchObject({ liveGrants: 0, agents: [] });
  });

  it("says what was given and cannot be lent, because an admin's ceiling is lower", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    expect(await getConnection(ada, { connectionId })).toMatchObject({ withheld: [] });
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT, enabled: true, ceiling: ["issues:read"] });
    try {
      const { permissions, withheld } = await getConnection(ada, { connectionId });
      expect(permissions.map(({ name }) => name)).toEqual(["profile:read", "issues:read"]);
      expect(withheld.map(({ name }) => name)).toEqual(expect.arrayContaining(["files:read", "issues:write", "files:write"]));
    } finally {
      await setUpConnector(here.admin, { connector: "demo", ...CLIENT, enabled: true, ceiling: [] });
    }
  });
});

describe("how an account stands", () => {
  const active = { connectorName: "Demo Tracker", status: "active", statusNote: null, keyEndsAt: null } as const;
  it.each([
    ["healthy", active],
    ["trouble", { ...active, statusNote: "Demo Tracker could not be reached." }],
    ["key_ends", { ...active, keyEndsAt: new Date(0) }],
    ["needs_reconnect", { ...active, status: "needs_reconnect", statusNote: "Its access ended." }],
    ["ended_there", { ...active, status: "needs_reconnect", statusNote: endedThere("Demo Tracker") }],
    ["disconnected", { ...active, status: "disconnected", keyEndsAt: new Date(0) }],
  ] as const)("is %s", (health, standing) => {
    expect(judgeHealth(standing)).toBe(health);
  });
});
