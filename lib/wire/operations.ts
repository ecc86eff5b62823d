import { z } from "zod";
import { activityFilter, listActivity } from "../activity/list";
import { getAgent, listAgents } from "../agents/list";
import { registerAgent } from "../agents/register";
import { pauseAgent, resumeAgent } from "../agents/status";
import { lendGrant } from "../broker/lendGrant";
import { testGrant } from "../broker/selfTest";
import { shrinkGrant } from "../broker/shrinkGrant";
import { disconnectConnection } from "../connections/disconnect";
import { getConnection, listConnections } from "../connections/list";
import { getGrant, listGrants } from "../grants/list";
import { mintInput, previewGrant } from "../grants/preview";
import { revokeGrant } from "../grants/revoke";
import { grantUsage } from "../grants/usage";
import { endTerminal, listTerminals } from "../people/terminals";
import { boundsInput } from "../policy/bounds";
import { listConnectors } from "../setups/list";
import { setUpConnector, setUpInput } from "../setups/setUp";
import { testSetUp, testSetUpInput } from "../setups/test";
import { type Operation, operation } from "./rest";

const id = z.string().max(60);
const everyone = z.boolean().optional().describe("Admins and auditors: everybody's.");

/** The REST API, whole: a row per operation. The pages call the same verbs. */
export const operations: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/api/v1/me",
    id: "whoAmI",
    summary: "Whose token this is",
    input: z.strictObject({}),
    run: async ({ actor: { personId, name, email, role } }) => ({ id: personId, name, email, role }),
    status: 200,
    answers: "The person.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/terminals",
    id: "listTerminals",
    summary: "Terminals that you are signed in at",
    input: z.strictObject({}),
    run: async (ctx) => ({ data: await listTerminals(ctx) }),
    status: 200,
    answers: "`data`: each with its client, its scopes, since when, and when it was last used.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/terminals/{terminal_id}",
    id: "endTerminal",
    summary: "Sign a terminal out: its next request is refused",
    input: z.strictObject({ terminalId: id }),
    run: async (ctx, input) => {
      await endTerminal(ctx, input);
      return { id: input.terminalId };
    },
    status: 200,
    answers: "Its id.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/connectors",
    id: "listConnectors",
    summary: "Which SaaS can be connected here",
    input: z.strictObject({}),
    run: async (ctx) => ({ data: await listConnectors(ctx) }),
    status: 200,
    answers: "`data`: every connector, whether it is switched on, and its scopes in words.",
  }),
  operation({
    method: "PUT",
    path: "/api/v1/connectors/{connector}",
    id: "setUpConnector",
    summary: "Set up a connector: its client, a second one that only reads, a ceiling (admins). Secrets can be written, never read",
    input: setUpInput,
    run: async (ctx, input) => {
      await setUpConnector(ctx, input);
      return (await listConnectors(ctx)).find((one) => one.id === input.connector);
    },
    status: 200,
    answers: "The connector, as it is set up now.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/connectors/{connector}/test",
    id: "testSetUp",
    summary: "Test a set-up without a person (admins)",
    input: testSetUpInput,
    run: testSetUp,
    status: 200,
    answers: "`outcome` (ok, failed, unsure), `checks` with their evidence, and the `redirect_uri` to register.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/connections",
    id: "listConnections",
    summary: "Your connected accounts",
    input: z.strictObject({ everyone }),
    run: async (ctx, input) => ({ data: await listConnections(ctx, input.everyone ? { everyone: true } : {}) }),
    status: 200,
    answers: "`data`: connections with their status and what can be lent from them.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/connections/{connection_id}",
    id: "getConnection",
    summary: "One connected account",
    input: z.strictObject({ connectionId: id }),
    run: getConnection,
    status: 200,
    answers: "The connection.",
  }),
  ...(["POST", "DELETE"] as const).map((method) =>
    operation({
      method,
      path: method === "POST" ? "/api/v1/connections/{connection_id}/disconnect" : "/api/v1/connections/{connection_id}",
      id: method === "POST" ? "disconnectConnection" : "deleteConnection",
      summary: "Disconnect an account; every grant on it ends at once",
      input: z.strictObject({ connectionId: id }),
      run: disconnectConnection,
      status: 200,
      answers: "What ended, and honestly what the SaaS did about it.",
    }),
  ),
  operation({
    method: "GET",
    path: "/api/v1/agents",
    id: "listAgents",
    summary: "Agents: yours, those you can lend to, or all (admins and auditors)",
    input: z.strictObject({ scope: z.enum(["mine", "lendable", "all"]).default("mine") }),
    run: async (ctx, input) => ({ data: await listAgents(ctx, input) }),
    status: 200,
    answers: "`data`: agents.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents",
    id: "registerAgent",
    summary: "Register an agent; its secret is in the answer, this once",
    input: z.strictObject({ name: z.string(), purpose: z.string() }),
    run: async (ctx, input) => {
      const { agentId, clientId, clientSecret } = await registerAgent(ctx, input);
      return { ...(await getAgent(ctx, { agentId })), clientId, clientSecret };
    },
    status: 201,
    answers: "The agent, with its `client_id` and `client_secret`.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/agents/{agent_id}",
    id: "getAgent",
    summary: "One agent",
    input: z.strictObject({ agentId: id }),
    run: getAgent,
    status: 200,
    answers: "The agent.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents/{agent_id}/pause",
    id: "pauseAgent",
    summary: "Pause an agent: its next call is refused",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => pauseAgent(ctx, input).then(() => getAgent(ctx, input)),
    status: 200,
    answers: "The agent, paused.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents/{agent_id}/resume",
    id: "resumeAgent",
    summary: "Let a paused agent go on",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => resumeAgent(ctx, input).then(() => getAgent(ctx, input)),
    status: 200,
    answers: "The agent, active.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/grants",
    id: "listGrants",
    summary: "What you have lent",
    input: z.strictObject({ agentId: id.optional(), connectionId: id.optional(), live: z.boolean().optional(), everyone }),
    run: async (ctx, input) => ({ data: await listGrants(ctx, input) }),
    status: 200,
    answers: "`data`: grants, newest first, each with its state and why.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/grants",
    id: "mintGrant",
    summary: "Lend an agent a part of a connection. Without scopes: everything it can read, nothing it can write",
    input: mintInput,
    run: async (ctx, input) => {
      const { grantId } = await lendGrant(ctx, input);
      return { grantId, ...(await getGrant(ctx, { grantId })) };
    },
    status: 201,
    answers: "The grant: its `id`, how it is narrowed and delivered, `api_base`, and its first `self_test`.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/grants/preview",
    id: "previewGrant",
    summary: "What minting would give, without giving it",
    input: mintInput,
    run: previewGrant,
    status: 200,
    answers: "The summary a person is shown.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/grants/{grant_id}",
    id: "getGrant",
    summary: "One grant, with its consent record and what was lent of it",
    input: z.strictObject({ grantId: id }),
    run: getGrant,
    status: 200,
    answers: "The grant.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/grants/{grant_id}/usage",
    id: "grantUsage",
    summary: "What a grant really used, and what it never did",
    input: z.strictObject({ grantId: id }),
    run: grantUsage,
    status: 200,
    answers: "`used` and `unused` permissions; `seen` is false where the SaaS alone sees the calls.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/grants/{grant_id}/narrow",
    id: "narrowGrant",
    summary: "Take away what a grant does not need",
    input: z.strictObject({ grantId: id, scopes: z.array(z.string().max(200)).min(1).max(100), bounds: boundsInput.optional() }),
    run: shrinkGrant,
    status: 200,
    answers: "The scopes it keeps, and `lent_tokens`: which wider tokens still live, and `self_test` of what is left.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/grants/{grant_id}/test",
    id: "testGrant",
    summary: "Attack a grant without harm, and see the evidence",
    input: z.strictObject({ grantId: id }),
    run: testGrant,
    status: 200,
    answers: "`outcome` (proven, open, not_proven) and `evidence`, probe by probe; a grant with anything open is suspended.",
  }),
  ...(["POST", "DELETE"] as const).map((method) =>
    operation({
      method,
      path: method === "POST" ? "/api/v1/grants/{grant_id}/revoke" : "/api/v1/grants/{grant_id}",
      id: method === "POST" ? "revokeGrant" : "deleteGrant",
      summary: "Revoke a grant: the next call is refused",
      input: z.strictObject({ grantId: id }),
      run: async (ctx, input) => ({ ...(await revokeGrant(ctx, input)), grant: await getGrant(ctx, input) }),
      status: 200,
      answers: "The grant, and `lent_tokens`: which of the SaaS's own tokens still live, until when, and what was done.",
    }),
  ),
  operation({
    method: "GET",
    path: "/api/v1/activity",
    id: "listActivity",
    summary: "Every change and every use, newest first, by person or agent",
    input: activityFilter,
    run: async (ctx, input) => {
      const { rows, nextCursor } = await listActivity(ctx, input);
      return { data: rows, nextCursor };
    },
    status: 200,
    answers: "`data`: rows; `next_cursor`: send it as `cursor` for the page after, null on the last.",
  }),
];
