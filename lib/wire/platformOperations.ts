import { z } from "zod";
import { getResolution, resolutionInput, setResolution } from "../agents/resolution";
import { getConnection } from "../connections/list";
import { recordSharedKey, sharedKeyInput } from "../connections/recordKey";
import { listSharedKeys } from "../connections/sharedKeys";
import { giveInput, giveOwnAccess, listOwnAccess, takeOwnAccess } from "../platform/ownAccess";
import { listResources, registerResource, removeResource, resourceInput } from "../platform/resources";
import { type Operation, operation } from "./rest";

const id = z.string().max(60);

/** The part of the REST API about whose authority an agent uses: services of the house and its own access there, and shared keys. */
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
  operation({
    method: "GET",
    path: "/api/v1/agents/{agent_id}/resolutions/{connector}",
    id: "getResolution",
    summary: "Whose authority an agent's request for a connector is tried on, in order",
    input: z.strictObject({ agentId: id, connector: id }),
    run: getResolution,
    status: 200,
    answers: "`tries`, of delegated, own and shared_key; `set_at` is null while nobody said otherwise than delegated alone.",
  }),
  operation({
    method: "PUT",
    path: "/api/v1/agents/{agent_id}/resolutions/{connector}",
    id: "setResolution",
    summary: "Say whose authority is tried, in which order (the agent's owner, and admins)",
    input: resolutionInput,
    run: setResolution,
    status: 200,
    answers: "The resolution as it is now.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/shared-keys",
    id: "listSharedKeys",
    summary: "Shared keys that still work (admins and auditors)",
    input: z.strictObject({}),
    run: async (ctx) => ({ data: await listSharedKeys(ctx) }),
    status: 200,
    answers: "`data`: keys, the next to end first, each with its owner, its end and its `warning`.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/shared-keys",
    id: "recordSharedKey",
    summary: "Record a key that is shared, for 90 days at most (not recommended: connect the account)",
    input: sharedKeyInput,
    run: async (ctx, input) => getConnection(ctx, await recordSharedKey(ctx, input)),
    status: 201,
    answers: "The connection, with its `warning`. The key itself can be written and never read.",
  }),
];
