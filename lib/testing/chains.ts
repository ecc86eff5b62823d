import { agreeLink } from "../chains/agree";
import type { LinkView } from "../chains/list";
import type { PersonCtx } from "../ctx";
import type { MintInput } from "../grants/preview";
import type { AccessClaims } from "../tokens/signer";
import { accessToken, type Lent, lend, send, type World } from "./builders";
import { TEST_ISSUER, type TestCore } from "./core";
import { agent, person, type SeededAgent } from "./people";

/** A grant to the first of several agents, each of another owner, and links from each to the next. */
export interface Band extends Lent {
  readonly agents: readonly [SeededAgent, ...SeededAgent[]];
  readonly owners: readonly PersonCtx[];
  /** From the agent of the same place to the next. */
  readonly links: readonly LinkView[];
}

export const AGENT_NAMES = ["On-call", "Investigator", "Monitor", "Reporter", "Archivist", "Janitor"] as const;

/** So many agents, and a grant that may be handed on along all of them. Through the gateway, unless said otherwise. */
export async function band(here: World, count: number, grant: Partial<MintInput> = {}): Promise<Band> {
  const owners: PersonCtx[] = [];
  const agents: SeededAgent[] = [];
  for (const name of AGENT_NAMES.slice(0, count)) {
    const owner = await person(here.core, { name: `Owner of ${name}` });
    owners.push(owner);
    agents.push(await agent(here.core, owner, { name }));
  }
  const [first, ...others] = agents as [SeededAgent, ...SeededAgent[]];
  const lent = await lend(here, { delivery: "gateway", ...grant }, first);
  const links: LinkView[] = [];
  for (const [index, to] of others.entries()) links.push(await link(lent, (agents[index] as SeededAgent).agentId, to.agentId));
  return { ...lent, agents: [first, ...others], owners, links };
}

/** The grant's person agrees that one agent may hand work to another. */
export function link(lent: Pick<Lent, "owner" | "grantId">, fromAgentId: string, toAgentId: string): Promise<LinkView> {
  return agreeLink(lent.owner, { grantId: lent.grantId, fromAgentId, toAgentId });
}

/** An access token that an agent has for itself, at this issuer; `more` makes it another one. */
export function ownToken(core: TestCore, { agentId }: SeededAgent, more: Partial<AccessClaims> = {}, seconds = 300): Promise<string> {
  const now = core.clock.now();
  const claims = { sub: agentId, aud: TEST_ISSUER, client_id: agentId, jti: `own ${agentId}`, scope: "", ...more };
  return core.signer.sign(claims, now, new Date(now.getTime() + seconds * 1000));
}

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** What a client sends to have a token handed on. An empty value leaves a parameter out; a list repeats it. */
export function handOnForm(client: SeededAgent, token: string, more: Record<string, string | string[]> = {}): URLSearchParams {
  const { clientId: client_id, clientSecret: client_secret } = client;
  const form = new URLSearchParams({
    grant_type: EXCHANGE,
    subject_token: token,
    subject_token_type: ACCESS_TOKEN,
    client_id,
    client_secret,
  });
  for (const [name, value] of Object.entries(more)) {
    form.delete(name);
    for (const one of [value].flat()) if (one !== "") form.append(name, one);
  }
  return form;
}

/** The present actor hands its token on, with proof of the next. */
export async function handOn(
  core: TestCore,
  from: SeededAgent,
  token: string,
  to: SeededAgent,
  more: Record<string, string | string[]> = {},
): Promise<Response> {
  const proof = { actor_token: await ownToken(core, to), actor_token_type: ACCESS_TOKEN };
  return send(core, "/oauth/token", { method: "POST", body: handOnForm(from, token, { ...proof, ...more }) });
}

/** Somebody shows a token that was handed to them, and no actor token. */
export function take(core: TestCore, client: SeededAgent, token: string, more: Record<string, string | string[]> = {}): Promise<Response> {
  return send(core, "/oauth/token", { method: "POST", body: handOnForm(client, token, more) });
}

export interface HandedToken {
  readonly access_token: string;
  readonly delegation_id: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly authorization_details?: readonly Record<string, unknown>[];
}

/** What a hand-on that must succeed answers. */
export async function handedOn(answer: Response | Promise<Response>): Promise<HandedToken> {
  const body = (await (await answer).json()) as HandedToken;
  if (!body.access_token) throw new Error(`It was not handed on: ${JSON.stringify(body)}`);
  return body;
}

/** Tokens along the whole band, the grant's own first. */
export async function tokensAlong(core: TestCore, { agents, grantId }: Band, more: Record<string, string> = {}): Promise<string[]> {
  const tokens = [await accessToken(core, { bot: agents[0], grantId }, more)];
  for (const [index, to] of agents.slice(1).entries()) {
    const handed = await handedOn(handOn(core, agents[index] as SeededAgent, tokens[index] as string, to));
    tokens.push(handed.access_token);
  }
  return tokens;
}

/** What a token of ours says. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
