import { z } from "zod";
import { chartActivity, chartInput } from "../activity/chart";
import { activityFilter, listActivity } from "../activity/list";
import { pageRuns, readRun, runsInput } from "../activity/readRun";
import { addTrustRule, addTrustRuleInput } from "../agents/addTrustRule";
import { findAgents, findAgentsInput } from "../agents/find";
import { getAgent, listAgents } from "../agents/list";
import { listTrustRules } from "../agents/listTrustRules";
import { setOwners } from "../agents/owners";
import { registerAgent } from "../agents/register";
import { removeTrustRule } from "../agents/removeTrustRule";
import { setAgentDpop } from "../agents/setDpop";
import { pauseAgent, resumeAgent } from "../agents/status";
import { seeAgentAccess } from "../broker/agentAccess";
import { lendGrant } from "../broker/lendGrant";
import { testGrant } from "../broker/selfTest";
import { shrinkGrant } from "../broker/shrinkGrant";
import { agreeLink } from "../chains/agree";
import { listHandedOn, listLinks, listLinksOfAgent } from "../chains/list";
import { revokeDelegation, revokeLink } from "../chains/revoke";
import { disconnectConnection } from "../connections/disconnect";
import { getConnection, listConnections } from "../connections/list";
import { listResources, listResourcesInput } from "../connections/listResources";
import { testConnection } from "../connections/test";
import { extendGrant, extendInput } from "../grants/extend";
import { getGrant, listGrants } from "../grants/list";
import { grantSearch, searchGrants } from "../grants/page";
import { mintInput, previewGrant } from "../grants/preview";
import { revokeGrant } from "../grants/revoke";
import { grantUsage } from "../grants/usage";
import { pauseLending, resumeLending } from "../people/lending";
import { endTerminal, listTerminals } from "../people/terminals";
import { boundsInput } from "../policy/bounds";
import { listConnectors } from "../setups/list";
import { setUpConnector, setUpInput } from "../setups/setUp";
import { testSetUp, testSetUpInput } from "../setups/test";
import { addIssuer, addIssuerInput } from "../trust/add";
import { listIssuers } from "../trust/list";
import { refreshIssuer } from "../trust/refresh";
import { disableIssuer, enableIssuer, removeIssuer } from "../trust/status";
import { describeGrant, describeOwn } from "./agentAccess";
import { credentialOperations } from "./credentialOperations";
import { activityExport, exportOperations } from "./exports";
import { overviewOperations } from "./overviewOperations";
import { platformOperations } from "./platformOperations";
import { type Operation, operation } from "./rest";
import { viewOperations } from "./viewOperations";

const id = z.string().max(60);
const email = z.string().max(254);
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
  operation({
    method: "POST",
    path: "/api/v1/connections/{connection_id}/test",
    id: "testConnection",
    summary: "Try an account out: ask the service whose it is",
    input: z.strictObject({ connectionId: id }),
    run: testConnection,
    status: 200,
    answers: "`outcome` (ok, failed) and a sentence with the cause.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/connections/{connection_id}/resources",
    id: "listAccountResources",
    summary: "List what is in an account, as the bounds of a grant name it; asks the service, so it is a POST and leaves a row",
    input: listResourcesInput,
    run: listResources,
    status: 200,
    answers: "`outcome` (ok, failed) and a sentence; `resources`: id and label; `next`: the `cursor` for what comes after, or null.",
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
    input: z.strictObject({
      ...findAgentsInput.shape,
      page: findAgentsInput.shape.page.unwrap().optional(),
      limit: findAgentsInput.shape.limit.unwrap().optional(),
    }),
    run: async (ctx, { scope, ...asked }) => {
      if (Object.values(asked).every((one) => one === undefined)) return { data: await listAgents(ctx, { scope }) };
      const { agents, found, page, pages } = await findAgents(ctx, { scope, ...asked });
      return { data: agents, found, page, pages };
    },
    status: 200,
    answers:
      "`data`: agents. Asked by `text` (name, purpose, owner), `standing`, `connector` (what works now), `page` or `limit`: a page of them, orphans first, with `found`, `page` and `pages`.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents",
    id: "registerAgent",
    summary: "Register an agent; its secret is in the answer, this once. Where secrets are banned it has none: add a key",
    input: z.strictObject({ name: z.string(), purpose: z.string(), secondOwner: email.optional(), sponsor: email.optional() }),
    run: async (ctx, input) => {
      const { agentId, clientId, clientSecret } = await registerAgent(ctx, input);
      const next = clientSecret ? {} : { next: `Secrets are banned here: add a key with POST /api/v1/agents/${agentId}/credentials.` };
      return { ...(await getAgent(ctx, { agentId })), clientId, clientSecret, ...next };
    },
    status: 201,
    answers: "The agent, with its `client_id` and `client_secret`; null where secrets are banned, and `next` says what to do.",
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
    method: "GET",
    path: "/api/v1/agents/{agent_id}/access",
    id: "seeAgentAccess",
    summary: "What an agent may do now, as far as you may see it",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => {
      const { grants, ownAccess, hiddenGrants, links } = await seeAgentAccess(ctx, input);
      return { access: grants.map(describeGrant), ownAccess: ownAccess.map(describeOwn), hiddenGrants, links };
    },
    status: 200,
    answers:
      "As `GET /api/v1/agent/access` tells the agent: `access`, `own_access`; with `links`, and how many grants of others are not shown.",
  }),
  operation({
    method: "PUT",
    path: "/api/v1/agents/{agent_id}/owners",
    id: "setOwners",
    summary: "Hand an agent over, or name or clear its second owner and sponsor, by e-mail. Left out stays, null clears",
    input: z.strictObject({
      agentId: id,
      owner: email.nullable().optional(),
      secondOwner: email.nullable().optional(),
      sponsor: email.nullable().optional(),
    }),
    run: setOwners,
    status: 200,
    answers: "`owner`, `second_owner` and `sponsor`, as they are now.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents/{agent_id}/pause",
    id: "pauseAgent",
    summary: "Pause an agent: its next call is refused, and what it was handed is ended at each SaaS",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => {
      const { lentTokens } = await pauseAgent(ctx, input);
      return { ...(await getAgent(ctx, input)), lentTokens };
    },
    status: 200,
    answers: "The agent, paused, and `lent_tokens`: what became of the tokens that each SaaS had made for it.",
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
    method: "POST",
    path: "/api/v1/people/{person_id}/pause-lending",
    id: "pauseLending",
    summary: "Pause all that a person lends: no agent spends their authority, and what agents were handed is ended at each SaaS",
    input: z.strictObject({ personId: id }),
    run: pauseLending,
    status: 200,
    answers: "`lent_tokens`: what became of the tokens that each SaaS had made for agents.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/people/{person_id}/resume-lending",
    id: "resumeLending",
    summary: "Let what a person lends go on. What an admin paused, an admin resumes",
    input: z.strictObject({ personId: id }),
    run: async (ctx, input) => resumeLending(ctx, input).then(() => ({ lendingPaused: false })),
    status: 200,
    answers: "`lending_paused`: false.",
  }),
  ...credentialOperations,
  operation({
    method: "PUT",
    path: "/api/v1/agents/{agent_id}/dpop",
    id: "setAgentDpop",
    summary: "Say whether an agent's tokens must be bound to a key of its own (RFC 9449)",
    input: z.strictObject({ agentId: id, dpop: z.enum(["optional", "required"]) }),
    run: async (ctx, input) => setAgentDpop(ctx, input).then(() => getAgent(ctx, input)),
    status: 200,
    answers: "The agent, with `dpop` as it is now.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/agents/{agent_id}/trust-rules",
    id: "listTrustRules",
    summary: "Which workloads prove an agent by their own tokens",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => ({ data: await listTrustRules(ctx, input) }),
    status: 200,
    answers: "`data`: rules, each with its issuer, its conditions and when it was last used.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/agents/{agent_id}/trust-rules",
    id: "addTrustRule",
    summary: "Let a workload prove an agent by its own token, without a secret (admins)",
    input: addTrustRuleInput,
    run: addTrustRule,
    status: 201,
    answers: "`credential_id`, and `warnings`: what makes the rule wider than it could be.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/agents/{agent_id}/trust-rules/{credential_id}",
    id: "removeTrustRule",
    summary: "Take a rule away: its workloads prove the agent no more (admins)",
    input: z.strictObject({ agentId: id, credentialId: id }),
    run: async (ctx, input) => removeTrustRule(ctx, input).then(() => ({ removed: input.credentialId })),
    status: 200,
    answers: "`removed`: its id.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/trusted-issuers",
    id: "listTrustedIssuers",
    summary: "Whose tokens may prove an agent (admins and auditors)",
    input: z.strictObject({}),
    run: async (ctx) => ({ data: await listIssuers(ctx) }),
    status: 200,
    answers: "`data`: issuers with the names of their keys, when these were fetched, and why not if they were not.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/trusted-issuers",
    id: "addTrustedIssuer",
    summary: "Trust an issuer of workload tokens (admins). `keys` is a JWKS as text",
    input: addIssuerInput,
    run: addIssuer,
    status: 201,
    answers: "The issuer, with the keys that were found.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/trusted-issuers/{id}",
    id: "removeTrustedIssuer",
    summary: "Stop trusting an issuer that no rule rests on (admins)",
    input: z.strictObject({ id }),
    run: async (ctx, input) => removeIssuer(ctx, { issuerId: input.id }).then(() => ({ removed: input.id })),
    status: 200,
    answers: "`removed`: its id.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/trusted-issuers/{id}/refresh",
    id: "refreshTrustedIssuer",
    summary: "Look at an issuer's keys now (admins)",
    input: z.strictObject({ id }),
    run: (ctx, input) => refreshIssuer(ctx, { issuerId: input.id }),
    status: 200,
    answers: "The issuer: `kids`, `fetched_at`, and `failure` with the cause in words.",
  }),
  ...(["disable", "enable"] as const).map((verb) =>
    operation({
      method: "POST",
      path: `/api/v1/trusted-issuers/{id}/${verb}`,
      id: `${verb}TrustedIssuer`,
      summary: verb === "disable" ? "Switch an issuer off: its tokens prove nobody (admins)" : "Switch an issuer on again (admins)",
      input: z.strictObject({ id }),
      run: async (ctx, input) => {
        await (verb === "disable" ? disableIssuer : enableIssuer)(ctx, { issuerId: input.id });
        return (await listIssuers(ctx)).find((one) => one.id === input.id);
      },
      status: 200,
      answers: "The issuer.",
    }),
  ),
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
    path: "/api/v1/grants/search",
    id: "searchGrants",
    summary: "One page of what you have lent, by state, access, connector, agent or text; the nearest end first",
    input: z.strictObject(grantSearch.shape),
    run: async (ctx, input) => {
      const { grants, nextCursor, counts } = await searchGrants(ctx, input);
      return { data: grants, nextCursor, counts };
    },
    status: 200,
    answers: "`data`: grants, `next_cursor`: null on the last page, and `counts` by state.",
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
    path: "/api/v1/grants/{grant_id}/extend",
    id: "extendGrant",
    summary: "Give a live grant a later end, counted from now. What is over is lent anew instead",
    input: extendInput,
    run: async (ctx, input) => ({ ...(await extendGrant(ctx, input)), grant: await getGrant(ctx, input) }),
    status: 200,
    answers: "`from` and `expires_at`: when it ended and when it ends, and the grant with its consent record.",
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
    path: "/api/v1/grants/{grant_id}/links",
    id: "listLinks",
    summary: "Who may hand work under a grant to whom",
    input: z.strictObject({ grantId: id }),
    run: async (ctx, input) => ({ data: await listLinks(ctx, input) }),
    status: 200,
    answers: "`data`: links, oldest first.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/grants/{grant_id}/links",
    id: "agreeLink",
    summary: "Let an agent hand work under a grant to another. From the grant's own agent, unless `from_agent_id` says otherwise",
    input: z.strictObject({ grantId: id, toAgentId: id, fromAgentId: id.optional() }),
    run: agreeLink,
    status: 201,
    answers: "The link.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/links/{link_id}",
    id: "revokeLink",
    summary: "End a link: nothing that was handed on by it opens anything any more",
    input: z.strictObject({ linkId: id }),
    run: async (ctx, { linkId }) => revokeLink(ctx, { linkId }).then(() => ({ id: linkId, revoked: true })),
    status: 200,
    answers: "`revoked`.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/agents/{agent_id}/links",
    id: "listLinksOfAgent",
    summary: "The links that an agent is one end of (its owners, admins and auditors)",
    input: z.strictObject({ agentId: id }),
    run: async (ctx, input) => ({ data: await listLinksOfAgent(ctx, input) }),
    status: 200,
    answers: "`data`: links, oldest first.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/grants/{grant_id}/delegations",
    id: "listDelegations",
    summary: "What was handed on under a grant and lives right now",
    input: z.strictObject({ grantId: id }),
    run: async (ctx, input) => ({ data: await listHandedOn(ctx, input) }),
    status: 200,
    answers: "`data`: hops, newest first, each with its `path` of agents.",
  }),
  operation({
    method: "DELETE",
    path: "/api/v1/delegations/{delegation_id}",
    id: "revokeDelegation",
    summary: "Take back what was handed on once, and all that was handed on from there",
    input: z.strictObject({ delegationId: id }),
    run: async (ctx, { delegationId }) => revokeDelegation(ctx, { delegationId }).then(() => ({ id: delegationId, revoked: true })),
    status: 200,
    answers: "`revoked`.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/runs",
    id: "listRuns",
    summary: "The newest runs, as their rows of activity name them",
    input: runsInput,
    run: async (ctx, input) => {
      const { runs, nextCursor } = await pageRuns(ctx, input);
      return { data: runs, nextCursor };
    },
    status: 200,
    answers: "`data`: runs, with who took part and how many tokens, calls and refusals; `verified` is false where only callers name it.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/runs/{run_id}",
    id: "getRun",
    summary: "One run as a tree: on whose authority, tokens, what was made and called with each, in time",
    input: z.strictObject({ runId: z.string().max(200) }),
    run: readRun,
    status: 200,
    answers: "`verified` and `claimed`: branches by principal, each with `nodes`; `cut` when the run has more rows than are drawn.",
  }),
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
  ...viewOperations,
  operation({
    method: "GET",
    path: "/api/v1/activity/chart",
    id: "chartActivity",
    summary: "The same rows counted over time, by whose hand they were in",
    input: chartInput,
    run: chartActivity,
    status: 200,
    answers: "`bars`, oldest first: `from`, `to`, and how many rows by `people`, `agents` and `valet`, and how many were `refused`.",
  }),
  activityExport,
  ...exportOperations,
  ...overviewOperations,
  ...platformOperations,
];
