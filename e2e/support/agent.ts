import { registerAgent } from "../../lib/agents/register";
import { type Minted, mintGrant } from "../../lib/grants/mint";
import type { MintInput } from "../../lib/grants/preview";
import type { Entered } from "./people";
import type { World } from "./world";

/** What an agent's own configuration holds. */
export interface Bot {
  readonly agentId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
}

export async function register(owner: Entered, name = "Triage bot"): Promise<Bot> {
  const { clientSecret, ...made } = await registerAgent(owner.ctx, { name, purpose: "Sorts new issues every morning" });
  if (!clientSecret) throw new Error("Secrets are banned here.");
  return { name, ...made, clientSecret };
}

/** Lends without the page. An hour unless said otherwise; everything the connection reads unless `scopes` are named. */
export function lend(person: Entered, bot: Bot, connectionId: string, more: Partial<MintInput> = {}): Promise<Minted> {
  return mintGrant(person.ctx, { agentId: bot.agentId, connectionId, lifetime: "1h", ...more });
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** RFC 8693, as an agent does it. `proof` is its secret by HTTP Basic. */
export function exchange(world: World, bot: Bot, grantId: string, more: Record<string, string> = {}): Promise<Answer> {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    ...more,
  });
  const proof = Buffer.from(`${bot.clientId}:${bot.clientSecret}`).toString("base64");
  return send(`${world.valet.url}/oauth/token`, { method: "POST", body, headers: { authorization: `Basic ${proof}` } });
}

/** Short-lived access, which has to be given. */
export async function fetchAccess(world: World, bot: Bot, grantId: string, more: Record<string, string> = {}): Promise<Access> {
  const { status, body } = await exchange(world, bot, grantId, more);
  if (status !== 200) throw new Error(`No access: ${JSON.stringify(body)}`);
  return body as unknown as Access;
}

export interface Access {
  readonly access_token: string;
  readonly api_base: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly narrowed_by: string;
}

/** One API call with a bearer token. */
export function call(token: string, method: string, url: string, json?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, ...(json === undefined ? {} : { "content-type": "application/json" }) };
  return send(url, { method, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) });
}

async function send(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, body: isJson ? JSON.parse(text) : { text }, headers: response.headers };
}
