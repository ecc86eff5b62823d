import { consentAs } from "../e2e/fakes/consent";
import { registerAgent } from "../lib/agents/register";
import { lendGrant } from "../lib/broker/lendGrant";
import { beginConnection } from "../lib/connections/begin";
import { completeConnection } from "../lib/connections/complete";
import { startCore } from "../lib/core";
import { asActor, type Core, type PersonCtx } from "../lib/ctx";
import type { Minted } from "../lib/grants/mint";
import type { MintInput } from "../lib/grants/preview";
import type { Answer } from "../lib/net/message";
import { invitePerson, offerSetUp } from "../lib/people/invite";
import { acceptInvitation } from "../lib/people/join";
import { createPersonalToken } from "../lib/people/personalTokens";
import { setUpConnector } from "../lib/setups/setUp";
import { randomText } from "../lib/tokens/secret";
import { answerRequest } from "../lib/wire/router";
import type { DemoAgent, DemoPerson, SeedDemo } from "./demo-parts";

interface Client {
  readonly id: string;
  readonly secret: string;
}

interface SeededAgent {
  readonly agent: DemoAgent;
  readonly clientSecret: string;
}

/**
 * Fills a fresh database with a small house, by the same verbs that pages and scripts call: nobody gets a row that they
 * could not have made themself. The connections are real OAuth walks to the pretend SaaS.
 */
export const seedDemo: SeedDemo = async (env, { saasUrl, baseUrl, saasClient }) => {
  const { core, stop } = await startCore({ ...env, LOG_LEVEL: "error" });
  try {
    const admin = await joinAsAdmin(core);
    const [employee, auditor] = [
      await join(core, admin, "employee@demo.test", "Ada Lovelace", "member"),
      await join(core, admin, "auditor@demo.test", "Linus Audit", "auditor"),
    ];
    const connectionId = await connect(employee, admin, saasClient);
    const triage = await lend(employee, connectionId, "Triage bot", "Sorts new issues every morning", [
      { scopes: ["issues:read"], lifetime: "8h" },
      { scopes: ["profile:read", "issues:read", "files:read"], lifetime: "7d", delivery: "gateway" },
    ]);
    const release = await lend(employee, connectionId, "Release notes", "Comments on issues that ship", [
      { scopes: ["issues:read", "issues:comment"], lifetime: "7d" },
    ]);
    await tryOut(core, triage, release);
    return {
      url: baseUrl,
      people: [await describe(employee, baseUrl), await describe(admin, baseUrl), await describe(auditor, baseUrl)],
      agents: [triage.agent, release.agent],
      saas: { url: saasUrl },
    };
  } finally {
    await stop();
  }
};

async function joinAsAdmin(core: Core): Promise<PersonCtx> {
  const token = (await offerSetUp(core))?.split("/").at(-1) ?? "";
  return accept(core, token, "Grace Hopper", "admin@demo.test");
}

async function join(core: Core, admin: PersonCtx, email: string, name: string, role: "member" | "auditor"): Promise<PersonCtx> {
  const { token } = await invitePerson(admin, { email, role });
  return accept(core, token, name, email);
}

/** With a password nobody knows: in the demo people enter by one click. */
async function accept(core: Core, token: string, name: string, email: string): Promise<PersonCtx> {
  const entered = await acceptInvitation(core, { token, name, email, password: randomText(), address: "127.0.0.1" });
  const { personId, role } = entered;
  return asActor(core, { kind: "person", personId, name, email, role, via: "browser" } as const);
}

async function connect(employee: PersonCtx, admin: PersonCtx, client: Client): Promise<string> {
  for (const connector of ["demo", "demo-board"])
    await setUpConnector(admin, { connector, clientId: client.id, clientSecret: client.secret, enabled: true });
  const browserSecret = randomText();
  const scopes = ["profile:read", "issues:read", "issues:write", "files:read", "files:write"];
  const { authorizeUrl } = await beginConnection(employee, { connector: "demo", scopes, browserSecret });
  const callbackUrl = await consentAs(authorizeUrl, "ada");
  return (await completeConnection(employee, { connector: "demo", callbackUrl, browserSecret })).connectionId;
}

async function lend(
  owner: PersonCtx,
  connectionId: string,
  name: string,
  purpose: string,
  grants: Omit<MintInput, "agentId" | "connectionId">[],
): Promise<SeededAgent> {
  const { agentId, clientId, clientSecret } = await registerAgent(owner, { name, purpose });
  if (!clientSecret) throw new Error("The demo's agents need secrets, and they are banned here.");
  const minted: Minted[] = [];
  for (const grant of grants) minted.push(await lendGrant(owner, { ...grant, agentId, connectionId }));
  const described = minted.map(({ grantId, apiBase }, index) => ({
    id: grantId,
    connector: "demo",
    access: grants[index]?.scopes?.every((scope) => scope.endsWith(":read")) ? "read" : "write",
    api_base: apiBase,
  }));
  return { agent: { name, client_id: clientId, client_secret: clientSecret, grants: described }, clientSecret };
}

/** So that the first look at Activity already shows whose hand it was in: reads that pass, and a write that is refused. */
async function tryOut(core: Core, triage: SeededAgent, release: SeededAgent): Promise<void> {
  const runId = "morning-triage-1";
  const reading = await fetchToken(core, triage, 1, runId);
  await call(core, reading, "GET", "/proxy/demo/api/issues");
  await call(core, reading, "GET", "/proxy/demo/api/issues/3");
  await call(core, reading, "DELETE", "/proxy/demo/api/issues/3");
  const commenting = await fetchToken(core, release, 0, "release-1");
  await call(core, commenting, "POST", "/proxy/demo/api/issues/2/comments", { body: "Ships in the next release." });
}

async function fetchToken(core: Core, { agent }: SeededAgent, index: number, runId: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: agent.grants[index]?.id ?? "",
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    client_id: agent.client_id,
    client_secret: agent.client_secret,
    run_id: runId,
  });
  const answer = await send(core, "/oauth/token", { method: "POST", body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function call(core: Core, token: string, method: string, path: string, json?: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, ...(json ? { "content-type": "application/json" } : {}) };
  const answer = await send(core, path, { method, headers, ...(json ? { body: JSON.stringify(json) } : {}) });
  await answer.text();
}

async function send(core: Core, target: string, init: RequestInit): Promise<Answer> {
  const request = new Request(core.settings.publicUrl + target, init);
  return answerRequest(core, request, { requestId: "req_seed", address: "127.0.0.1" }, target);
}

async function describe(person: PersonCtx, baseUrl: string): Promise<DemoPerson> {
  const { role, email } = person.actor;
  const { token } = await createPersonalToken(person, { name: "demo", lifetimeDays: 1 });
  return { role, email, token, sign_in_url: `${baseUrl}/sign-in/demo/${email.split("@", 1)[0]}` };
}
