import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beginConnection } from "../../lib/connections/begin";
import { completeConnection } from "../../lib/connections/complete";
import type { PersonCtx } from "../../lib/ctx";
import { mintGrant } from "../../lib/grants/mint";
import type { MintInput } from "../../lib/grants/preview";
import { guardedDispatcher, guardedFetch } from "../../lib/net/guard";
import type { ConnectorEndpoints } from "../../lib/settings";
import { setUpConnector } from "../../lib/setups/setUp";
import { exchangeForm, usesOf } from "../../lib/testing/builders";
import { type TestCore, testCore } from "../../lib/testing/core";
import { pretendInternet } from "../../lib/testing/internet";
import { fixedKeys } from "../../lib/testing/keys";
import { agent, person, type SeededAgent } from "../../lib/testing/people";
import { createSigner, newSigningPair } from "../../lib/tokens/signer";
import { answerOverHttp } from "../../lib/wire/overHttp";

/** Valet behind a real socket, on real PostgreSQL, for packages that know it by its address alone. */
export interface DropinValet {
  readonly core: TestCore;
  readonly url: string;
  /** Where its socket is. */
  readonly socket: string;
  /** The base URL that takes the place of the SaaS's. */
  readonly base: string;
  /** An account connected by its person, an agent, and a grant of `scopes` between them. */
  lend(scopes: string[], more?: Partial<MintInput>): Promise<Lent>;
  close(): Promise<void>;
}

export interface Lent {
  readonly bot: SeededAgent;
  readonly grantId: string;
  /** The token that takes the place of the SaaS's. */
  readonly token: string;
  /** What the ledger keeps of this grant's calls: target, decision, reason. */
  rows(): Promise<string[]>;
}

export interface DropinOptions {
  readonly connector: string;
  /** What the account's connection holds: more than is lent, so that something is held back. */
  readonly connected: string[];
  readonly client: { readonly id: string; readonly secret: string };
  readonly tenant?: string;
  /** Hosts of the SaaS and where they answer here. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly endpoints?: ConnectorEndpoints;
  /** What agents know it by, where a package takes nothing but https. */
  readonly publicUrl?: string;
  readonly consent: (authorizeUrl: string) => Promise<URL>;
}

const BROWSER = "the-browser-that-began-this-walk-0001";

/** @param options asked once Valet's own address is known: a SaaS wants the redirect URI beforehand. */
export async function startValet(options: (url: string) => Promise<DropinOptions>): Promise<DropinValet> {
  const started: { core?: TestCore } = {};
  const server = createServer((request, response) => {
    if (!started.core) return void response.destroy();
    void answerOverHttp(started.core, request, response, request.url ?? "/").catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const given = await options(socket);
  const url = given.publicUrl ?? socket;
  const core = await openCore(url, given);
  started.core = core;
  const admin = await person(core, { role: "admin" });
  const { connector, client, tenant } = given;
  await setUpConnector(admin, { connector, clientId: client.id, clientSecret: client.secret, ...(tenant ? { tenant } : {}) });
  return {
    core,
    url,
    socket,
    base: `${url}/proxy/${connector}`,
    lend: (scopes, more) => lend(core, socket, given, scopes, more),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await core.close();
    },
  };
}

async function openCore(url: string, { connector, hosts, endpoints }: DropinOptions): Promise<TestCore> {
  const pair = await newSigningPair("dropin");
  const upstream = pretendInternet(guardedDispatcher(new Set(["127.0.0.1"])), hosts ?? {});
  return testCore({
    upstream,
    fetch: guardedFetch(upstream),
    signer: createSigner(url, fixedKeys(pair)),
    settings: { publicUrl: url, endpoints: endpoints ? { [connector]: endpoints } : {} },
  });
}

async function lend(core: TestCore, socket: string, given: DropinOptions, scopes: string[], more: Partial<MintInput> = {}): Promise<Lent> {
  const owner = await person(core);
  const connectionId = await connect(owner, given);
  const bot = await agent(core, owner);
  const { grantId } = await mintGrant(owner, { scopes, lifetime: "8h", ...more, agentId: bot.agentId, connectionId });
  const answer = await fetch(`${socket}/oauth/token`, { method: "POST", body: exchangeForm({ bot, grantId }) });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const rows = async () => (await usesOf(core, grantId)).filter(isCall).map((row) => `${row.target}: ${row.decision} (${row.reason})`);
  return { bot, grantId, token, rows };
}

const isCall = (row: { event: string }) => row.event === "gateway.call";

async function connect(owner: PersonCtx, { connector, connected, consent }: DropinOptions): Promise<string> {
  const scopes = connected.length > 0 ? { scopes: connected } : {};
  const { authorizeUrl } = await beginConnection(owner, { connector, browserSecret: BROWSER, ...scopes });
  const callbackUrl = await consent(authorizeUrl);
  return (await completeConnection(owner, { connector, callbackUrl, browserSecret: BROWSER })).connectionId;
}
