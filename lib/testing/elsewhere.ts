import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { findConnector } from "../connectors/registry";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { mintGrant } from "../grants/mint";
import type { MintInput } from "../grants/preview";
import { newId } from "../ids";
import { guardedDispatcher } from "../net/guard";
import { type TestCore, testCore } from "./core";
import { agent, person, type SeededAgent } from "./people";
import { type RawApi, startRawApi } from "./rawApi";

/** One request that arrived, with the bytes of its body as text. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Real connectors whose API is one that takes down what arrives and answers `{}`: for what must never arrive, and for what must unchanged. */
export interface Elsewhere {
  readonly core: TestCore;
  readonly arrived: Arrived[];
  readonly owner: PersonCtx;
  readonly bot: SeededAgent;
  /** A grant of an account there that holds these scopes. */
  lend(
    connector: string,
    held: readonly string[],
    grant: Partial<MintInput>,
  ): Promise<{ grantId: string; bot: SeededAgent; owner: PersonCtx; connectionId: string }>;
  close(): Promise<void>;
}

export async function elsewhere(connectors: readonly string[]): Promise<Elsewhere> {
  const raw: RawApi = await startRawApi();
  const arrived: Arrived[] = [];
  raw.answer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    arrived.push({ method, url, headers, body: await text(request) });
    response.setHeader("content-type", "application/json").end("{}");
  });
  const endpoints = Object.fromEntries(connectors.map((id) => [id, { apiBaseUrl: raw.url }]));
  const core = await testCore({ upstream: guardedDispatcher(new Set(["127.0.0.1"])), settings: { endpoints } });
  const owner = await person(core);
  const bot = await agent(core, owner);
  return {
    core,
    arrived,
    owner,
    bot,
    async lend(connector, held, grant) {
      const connectionId = await connectionAt(core, owner, connector, held);
      const { grantId } = await mintGrant(owner, { lifetime: "8h", ...grant, agentId: bot.agentId, connectionId });
      return { grantId, bot, owner, connectionId };
    },
    async close() {
      await core.close();
      await raw.close();
    },
  };
}

/** A connection with a token that has no end, as if the person had walked there. */
async function connectionAt(core: TestCore, owner: PersonCtx, connector: string, providerScopes: readonly string[]): Promise<string> {
  if (!findConnector(connector)) throw new Error(`There is no connector ${connector}.`);
  const id = newId("con", core.clock.now());
  const sealedAccess = core.vault.seal("passing", { table: "connections", row: id, column: "sealed_access" }, `token-of-${connector}`);
  const whose = { personId: owner.actor.personId, connector, accountId: id, accountName: "ada" };
  const data = { id, ...whose, providerScopes: [...providerScopes], sealedAccess, connectedAt: core.clock.now() };
  await writingSide(core.db).prisma.connection.create({ data });
  return id;
}
