import { findLink } from "../chains/links";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { Standing } from "../grants/rules";
import { isId } from "../ids";
import type { Caller } from "./caller";

type About = Pick<Standing, "grantId" | "personName">;

/**
 * The live link by which work under a grant may go from one agent to the next.
 *
 * Refuses `actor_unauthorized` (`no_link`) without one, the same for an agent that is not there: its person has to agree first.
 */
export async function needLink(core: Core, about: About, fromAgentId: string, toAgentId: string): Promise<string> {
  const linkId = await findLink(core, about.grantId, fromAgentId, toAgentId);
  if (!linkId) throw refuseNoLink(about);
  return linkId;
}

export function refuseNoLink({ grantId, personName }: About): Refusal {
  return new Refusal("actor_unauthorized", "Nobody agreed that this work may be handed on to that agent.", {
    reason: "no_link",
    next: `Ask ${personName} to add that agent under "May hand work on to" on the grant's page.`,
    fix: `/grants/${grantId}`,
  });
}

/** For `requested_actor`: the agent that alone is to be the next actor, agreed already. Refuses `invalid_request` where nobody can be. */
export async function requestedActor(core: Core, about: About | null, caller: Caller, asked: string): Promise<string> {
  if (caller.kind !== "agent" || !about)
    throw new Refusal("invalid_request", "Only an agent's access under a grant can be handed on. Leave requested_actor out.", {
      reason: "requested_actor",
    });
  if (!isId("agt", asked)) throw refuseNoLink(about);
  await needLink(core, about, caller.agentId, asked);
  return asked;
}
