import { consentAs } from "../../e2e/fakes/consent";
import type { Profile } from "../../e2e/fakes/profile";
import { type Saas, startSaas } from "../../e2e/fakes/saas";
import type { SaasOptions } from "../../e2e/fakes/state";
import { beginConnection } from "../connections/begin";
import { completeConnection } from "../connections/complete";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import type { Activity } from "../generated/prisma/client";
import { mintGrant } from "../grants/mint";
import type { MintInput } from "../grants/preview";
import { guardedDispatcher, guardedFetch } from "../net/guard";
import { asResponse } from "../net/message";
import { createPersonalToken } from "../people/personalTokens";
import { setUpConnector } from "../setups/setUp";
import { createSigner, newSigningPair } from "../tokens/signer";
import { answerRequest } from "../wire/router";
import { TEST_ISSUER, type TestCore, testCore } from "./core";
import { fixedKeys } from "./keys";
import { withKnownReason } from "./knownReasons";
import { agent, person, type SeededAgent } from "./people";

/** A small world: a real core, a strict pretend SaaS that it is a client of, and an admin. */
export interface World {
  readonly core: TestCore;
  readonly saas: Saas;
  readonly admin: PersonCtx;
  /** The connector that the SaaS stands behind. */
  readonly connector: string;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** How the SaaS deviates from the strict one. */
  readonly profile?: Partial<Profile>;
  /** Another connector than the demo's, with the SaaS at its endpoints. */
  readonly connector?: string;
  /** What the SaaS has beside people: apps and where they are installed. */
  readonly saas?: Pick<SaasOptions, "apps" | "installations">;
  /** Paths of its endpoints that are not the demo's. */
  readonly paths?: Readonly<Record<string, string>>;
  /** The API at another address than the SaaS's own, for what no pretend SaaS would answer. */
  readonly apiBaseUrl?: string;
  /** Where Valet is known to be, for tests that reach it by a socket. */
  readonly issuer?: string;
  /** Sees each request that Valet itself makes (token, revocation, account), before it goes out. */
  readonly onFetch?: (url: string, init: RequestInit) => void;
}

export const BROWSER = "the-browser-that-began-this-walk-0001";
export const ALL_SCOPES = ["profile:read", "issues:read", "issues:write", "files:read", "files:write"];
export const CLIENT = { clientId: "valet", clientSecret: "valet-secret-at-the-saas" };
/** Our second client at the same SaaS, which it lets ask for reading alone. */
export const READ_CLIENT = { clientId: "valet-reads", clientSecret: "secret-of-the-client-that-reads" };
const READ_SCOPES = ["profile:read", "issues:read", "files:read"];
const PEOPLE = [
  { id: "1", login: "ada", name: "Ada Lovelace" },
  { id: "2", login: "linus", name: "Linus T" },
  { id: "3", login: "grace", name: "Grace H" },
];

export async function world(options: WorldOptions = {}): Promise<World> {
  const { core, saas } = await coreWithSaas(options);
  const { connector = "demo" } = options;
  const admin = await person(core, { name: "Grace Hopper", role: "admin" });
  await setUpConnector(admin, { connector, ...CLIENT });
  const close = async () => {
    await saas.close();
    await core.close();
  };
  return { core, saas, admin, connector, close };
}

async function coreWithSaas({
  profile,
  apiBaseUrl,
  onFetch,
  connector = "demo",
  issuer = TEST_ISSUER,
  ...more
}: WorldOptions): Promise<{ core: TestCore; saas: Saas }> {
  const upstream = guardedDispatcher(new Set(["127.0.0.1"]));
  const holder: { core?: TestCore } = {};
  const clock = () => holder.core?.clock.now() ?? new Date();
  const redirectUris = [...new Set(["demo", "demo-board", connector])].map((id) => `${issuer}/connect/${id}/callback`);
  const clients = [
    { ...CLIENT, redirectUris },
    { ...READ_CLIENT, redirectUris, scopes: READ_SCOPES },
  ];
  const saas = await startSaas({ clients, people: PEOPLE, clock, ...more.saas, ...(profile ? { profile } : {}) });
  const elsewhere = Object.fromEntries(Object.entries(more.paths ?? {}).map(([name, path]) => [name, `${saas.url}${path}`]));
  const there = { ...endpointsOf(saas), ...elsewhere, ...(apiBaseUrl ? { apiBaseUrl } : {}) };
  const endpoints = { demo: there, "demo-board": there, [connector]: there };
  const send = guardedFetch(upstream);
  const pair = await newSigningPair("test");
  const core = await testCore({
    fetch: onFetch ? watched(send, onFetch) : send,
    upstream,
    settings: { endpoints, publicUrl: issuer },
    signer: createSigner(issuer, fixedKeys(pair)),
  });
  holder.core = core;
  return { core, saas };
}

function endpointsOf({ url }: Saas) {
  return {
    authorizeUrl: `${url}/oauth/authorize`,
    tokenUrl: `${url}/oauth/token`,
    revokeUrl: `${url}/oauth/revoke`,
    accountUrl: `${url}/api/me`,
    apiBaseUrl: url,
    issuer: url,
  };
}

function watched(send: typeof fetch, onFetch: NonNullable<WorldOptions["onFetch"]>): typeof fetch {
  return (input, init) => {
    onFetch(String(input), init ?? {});
    return send(input, init);
  };
}

/** Walks to the SaaS and back as this person, who there is `login`. */
export async function connect(ctx: PersonCtx, options: ConnectOptions = {}): Promise<string> {
  const { login = "ada", scopes = ALL_SCOPES, connectionId, connector = "demo" } = options;
  const asked = { connector, scopes, browserSecret: BROWSER, ...(connectionId ? { connectionId } : {}) };
  const { authorizeUrl } = await beginConnection(ctx, asked);
  const callbackUrl = await consentAs(authorizeUrl, login);
  return (await completeConnection(ctx, { connector, callbackUrl, browserSecret: BROWSER })).connectionId;
}

interface ConnectOptions {
  readonly connector?: string;
  readonly login?: string;
  readonly scopes?: string[];
  readonly connectionId?: string;
}

export interface Lent {
  readonly owner: PersonCtx;
  readonly connectionId: string;
  readonly bot: SeededAgent;
  readonly grantId: string;
}

/** A person with a connection, an agent (their own unless given), and a grant between them. */
export async function lend(here: World, grant: Partial<MintInput> = {}, to?: SeededAgent, how: ConnectOptions = {}): Promise<Lent> {
  const owner = await person(here.core);
  const connectionId = await connect(owner, { connector: here.connector, ...how });
  const bot = to ?? (await agent(here.core, owner));
  const input = { scopes: ["issues:read"], lifetime: "8h" as const, ...grant, agentId: bot.agentId, connectionId };
  const { grantId } = await mintGrant(owner, input);
  return { owner, connectionId, bot, grantId };
}

/** A request to a broker path, as `server.ts` would hand it on. */
export async function send(core: TestCore, target: string, init: RequestInit = {}): Promise<Response> {
  const about = { requestId: "req_test", address: "192.0.2.1" };
  return withKnownReason(asResponse(await answerRequest(core, new Request(TEST_ISSUER + target, init), about, target)));
}

/** What an agent sends to exchange its grant. An empty value leaves a parameter out. */
export function exchangeForm(lent: Pick<Lent, "bot" | "grantId">, more: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: lent.grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    client_id: lent.bot.clientId,
    client_secret: lent.bot.clientSecret,
    ...more,
  });
}

/** An exchange of a grant by its agent. */
export function exchangeGrant(core: TestCore, lent: Pick<Lent, "bot" | "grantId">, more: Record<string, string> = {}): Promise<Response> {
  return send(core, "/oauth/token", { method: "POST", body: exchangeForm(lent, more) });
}

/** The access token of an exchange that must succeed. */
export async function accessToken(core: TestCore, lent: Pick<Lent, "bot" | "grantId">, more: Record<string, string> = {}): Promise<string> {
  const answer = await exchangeGrant(core, lent, more);
  const body = (await answer.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`The exchange was refused: ${JSON.stringify(body)}`);
  return body.access_token;
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** A call through the gateway of the demo connector. */
export function call(core: TestCore, token: string, path: string, init: RequestInit = {}): Promise<Response> {
  return callAt(core, "demo", token, path, init);
}

export function callAt(core: TestCore, connector: string, token: string, path: string, init: RequestInit = {}): Promise<Response> {
  return send(core, `/proxy/${connector}${path}`, { ...init, headers: { ...bearer(token), ...(init.headers as Record<string, string>) } });
}

/** A person's own API token. */
export async function apiToken(ctx: PersonCtx): Promise<string> {
  return (await createPersonalToken(ctx, { name: "script" })).token;
}

/** The uses of one grant, oldest first. */
export async function usesOf(core: TestCore, grantId: string): Promise<Activity[]> {
  const ids = await writtenIds(core);
  const rows = await core.db.activity.findMany({ where: { grantId, kind: "use" } });
  return rows.sort((left, right) => ids.indexOf(left.id) - ids.indexOf(right.id));
}

/** What some work came to, and every row of activity that it left. A failure is a result here: see `refusalOf`. */
export async function watchRows<T>(core: TestCore, work: () => Promise<T>): Promise<{ result: T; left: Activity[] }> {
  const before = new Set(await writtenIds(core));
  const result = await work();
  const ids = (await writtenIds(core)).filter((id) => !before.has(id));
  const rows = ids.length > 0 ? await core.db.activity.findMany({ where: { id: { in: ids } } }) : [];
  return { result, left: rows.sort((left, right) => ids.indexOf(left.id) - ids.indexOf(right.id)) };
}

/** By the transaction that wrote a row last: its place in the table says nothing once several connections write. */
async function writtenIds(core: TestCore): Promise<string[]> {
  const text = "select id from activity order by xmin::text::bigint, ctid";
  return (await preparedRead<{ id: string }>(core.db, "written_ids", text, [])).map(({ id }) => id);
}
