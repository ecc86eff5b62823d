import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { PersonCtx } from "../../lib/ctx";
import { apiToken, connect, type World, world } from "../../lib/testing/builders";
import type { TestCore } from "../../lib/testing/core";
import { installationWorld } from "../../lib/testing/installation";
import { agent, person, type SeededAgent } from "../../lib/testing/people";
import { answerOverHttp } from "../../lib/wire/overHttp";

/** Valet behind a real socket, on real PostgreSQL, with a strict SaaS behind it: what the command sees. */
export interface SocketWorld extends World {
  readonly url: string;
  close(): Promise<void>;
}

/** @param kind `demo`: Demo Tracker. `github`: a GitHub with an app of ours, whose tokens GitHub itself narrows. */
export async function socketWorld(kind: "demo" | "github"): Promise<SocketWorld> {
  const started: { core?: TestCore } = {};
  const server = createServer((request, response) => {
    if (!started.core) return void response.destroy();
    void answerOverHttp(started.core, request, response, request.url ?? "/").catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const here = await (kind === "demo" ? world({ issuer: url }) : installationWorld({ issuer: url }));
  started.core = here.core;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await here.close();
  };
  return { ...here, url, close };
}

export interface Member {
  readonly ctx: PersonCtx;
  readonly token: string;
  readonly connectionId: string;
  readonly bot: SeededAgent;
}

/** A person with an API token, an account and an agent; nothing is lent yet. */
export async function member(here: World, bot: { readonly name?: string } = {}): Promise<Member> {
  const ctx = await person(here.core);
  const scopes = here.connector === "demo" ? {} : { scopes: ["metadata:read", "issues:read", "issues:write"] };
  const connectionId = await connect(ctx, { connector: here.connector, ...scopes });
  return { ctx, connectionId, bot: await agent(here.core, ctx, bot), token: await apiToken(ctx) };
}
