import { z } from "zod";
import { giveInput, giveOwnAccess, listOwnAccess, takeOwnAccess } from "../platform/ownAccess";
import { listResources, registerResource, removeResource, resourceInput } from "../platform/resources";
import { type Operation, operation } from "./rest";

const id = z.string().max(60);

/** The part of the REST API about the house's own services, and what agents may do there on their own authority. */
export const platformOperations: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/api/v1/resources",
    id: "listResources",
    summary: "Services of the house that take Valet's tokens (admins and auditors)",
    input: z.strictObject({}),
    run: async (ctx) => ({ data: await listResources(ctx) }),
    status: 200,
    answers: "`data`: services, each with its `resource` (the `aud` of its tokens) and its scopes.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/resources",
    id: "registerResource",
    summary: "Make a service of the house known (admins)",
    input: resourceInput,
    run: registerResource,
    status: 201,
    answers: "The service.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/resources/{resource_id}",
    id: "removeResource",
    summary: "Forget a service, and every agent's access there (admins)",
    input: z.strictObject({ resourceId: id }),
    run: removeResource,
    status: 200,
    answers: "`agents`: how many lost their access.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/agents/{agent_id}/own-access",
    id: "listOwnAccess",
    summary: "What an agent may do on its own authority",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => ({ data: await listOwnAccess(ctx, input) }),
    status: 200,
    answers: "`data`: what it was given, also what ended; `issued` tokens were seen issued by Valet, not used.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents/{agent_id}/own-access",
    id: "giveOwnAccess",
    summary: "Give an agent access of its own at a service of the house (admins)",
    input: giveInput,
    run: async (ctx, input) => {
      const { ownAccessId } = await giveOwnAccess(ctx, input);
      return (await listOwnAccess(ctx, input)).find((one) => one.id === ownAccessId);
    },
    status: 201,
    answers: "The access.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/agents/{agent_id}/own-access/{own_access_id}",
    id: "takeOwnAccess",
    summary: "Take an agent's own access back (admins): its next request is refused",
    input: z.strictObject({ agentId: id, ownAccessId: id }),
    run: async (ctx, input) => {
      await takeOwnAccess(ctx, input);
      return { data: await listOwnAccess(ctx, input) };
    },
    status: 200,
    answers: "`data`: what it has and had.",
  }),
];
