import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revokeGrant } from "../grants/revoke";
import { lend, type World, watchRows, world } from "../testing/builders";
import { type Band, band, claimsOf, tokensAlong } from "../testing/chains";
import { agent, person, type SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { agreeLink } from "./agree";
import { listHandedOn, listLinks, listLinksOfAgent } from "./list";
import { revokeDelegation, revokeLink } from "./revoke";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

const at = (of: Band, index: number) => of.agents[index] as SeededAgent;

describe("a link", () => {
  it("is agreed by the grant's person, once however many at once, and leaves its row", async () => {
    const crew = await band(here, 1);
    const to = await agent(here.core, crew.owner, { name: "Helper" });
    const agree = () => agreeLink(crew.owner, { grantId: crew.grantId, toAgentId: to.agentId }).catch((error) => error.reason);
    const { result, left } = await watchRows(here.core, () => Promise.all([agree(), agree(), agree()]));
    expect(result.filter((one) => one === "link_exists")).toHaveLength(2);
    expect(left).toMatchObject([
      { event: "link.agree", target: "On-call to Helper", acting: "person", grantId: crew.grantId, agentId: at(crew, 0).agentId },
    ]);
    expect(await listLinks(crew.owner, crew)).toMatchObject([{ fromAgentName: "On-call", toAgentName: "Helper", mayRevoke: true }]);
  });

  it("is agreed by nobody else, not an admin and not the agents' owners", async () => {
    const crew = await band(here, 2);
    const input = { grantId: crew.grantId, fromAgentId: at(crew, 1).agentId, toAgentId: (await agent(here.core, crew.owner)).agentId };
    for (const ctx of [here.admin, ...crew.owners]) expect((await refusalOf(agreeLink(ctx, input))).code).toBe("not_found");
  });

  it("leads from an agent that has work of the grant to another one that is there, while the grant lives", async () => {
    const crew = await band(here, 2);
    const { owner, grantId } = crew;
    const [stranger, paused] = [await agent(here.core, owner), await agent(here.core, owner, { status: "paused" })];
    const reason = async (more: object) => (await refusalOf(agreeLink(owner, { grantId, toAgentId: stranger.agentId, ...more }))).reason;
    expect(await reason({ fromAgentId: stranger.agentId })).toBe("same_agent");
    expect(await reason({ fromAgentId: stranger.agentId, toAgentId: at(crew, 1).agentId })).toBe("agent_not_in_chain");
    expect(await reason({ toAgentId: paused.agentId })).toBe("agent_unknown");
    expect(await reason({ toAgentId: "agt_nobody" })).toBe("agent_unknown");
    await revokeGrant(owner, crew);
    expect(await reason({})).toBe("grant_ended");
  });

  it("is ended by the person, either agent's owner or an admin, with a row for its person, and by nobody else", async () => {
    const crew = await band(here, 2);
    const { id: linkId } = crew.links[0] as Band["links"][number];
    const stranger = await person(here.core);
    expect((await refusalOf(revokeLink(stranger, { linkId }))).code).toBe("not_found");
    const { left } = await watchRows(here.core, () => revokeLink(crew.owners[1] as Band["owner"], { linkId }));
    expect(left).toMatchObject([{ event: "link.revoke", ownerId: crew.owner.actor.personId, personId: crew.owners[1]?.actor.personId }]);
    expect(await listLinks(crew.owner, crew)).toEqual([]);
    for (const who of [crew.owner, here.admin, crew.owners[0] as Band["owner"]]) {
      const { id } = await agreeLink(crew.owner, { grantId: crew.grantId, toAgentId: at(crew, 1).agentId });
      await revokeLink(who, { linkId: id });
    }
  });

  it("is listed for an agent's owner too, and not for a stranger", async () => {
    const crew = await band(here, 2);
    const agentId = at(crew, 1).agentId;
    expect(await listLinksOfAgent(crew.owners[1] as Band["owner"], { agentId })).toMatchObject([
      { grantId: crew.grantId, mayRevoke: true },
    ]);
    expect((await refusalOf(listLinksOfAgent(crew.owner, { agentId }))).code).toBe("not_found");
    expect((await refusalOf(listLinks(crew.owners[1] as Band["owner"], crew))).code).toBe("not_found");
  });
});

describe("what was handed on", () => {
  it("is listed while all it rests on lives, taken back by those who may, and gone with all below it", async () => {
    const crew = await band(here, 3);
    const tokens = await tokensAlong(here.core, crew);
    const paths = async () => (await listHandedOn(crew.owner, crew)).map((one) => one.path.join(" > ")).sort();
    expect(await paths()).toEqual(["On-call > Investigator", "On-call > Investigator > Monitor"]);
    const delegationId = String(claimsOf(tokens[1] as string).delegation_id);
    const other = await lend(here);
    expect((await refusalOf(revokeDelegation(other.owner, { delegationId }))).code).toBe("not_found");
    const { left } = await watchRows(here.core, () => revokeDelegation(crew.owner, { delegationId }));
    expect(left).toMatchObject([{ event: "delegation.revoke", target: "On-call to Investigator", grantId: crew.grantId }]);
    expect(await paths()).toEqual([]);
  });
});
