import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { beginConnection } from "../connections/begin";
import { getConnection } from "../connections/list";
import { places } from "../connections/places";
import { writingSide } from "../db";
import { mintGrant } from "../grants/mint";
import { newId } from "../ids";
import { setUpConnector } from "../setups/setUp";
import {
  accessToken,
  apiToken,
  BROWSER,
  bearer,
  CLIENT,
  call,
  connect,
  exchangeGrant,
  lend,
  send,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => setCeiling());

const setCeiling = (...ceiling: string[]) => setUpConnector(here.admin, { connector: "demo", ...CLIENT, ceiling });

describe("connecting under a ceiling", () => {
  it("is refused above it, with its row, and asks for nothing above it unasked", async () => {
    const ada = await person(here.core);
    await setCeiling("issues:read", "issues:write");
    const above = { connector: "demo", browserSecret: BROWSER, scopes: ["issues:read", "files:read"] };
    expect(await refusalOf(beginConnection(ada, above))).toMatchObject({ code: "invalid_scope", reason: "scope_beyond_ceiling" });
    expect(await here.core.db.connectAttempt.count({ where: { personId: ada.actor.personId } })).toBe(0);
    const { authorizeUrl } = await beginConnection(ada, { connector: "demo", browserSecret: BROWSER });
    // What says whose account it is comes along always.
    expect(new URL(authorizeUrl).searchParams.get("scope")).toBe("profile:read issues:read");
  });

  it("leaves out on reconnecting what was held before the ceiling", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    await setCeiling("issues:read");
    const { authorizeUrl } = await beginConnection(ada, { connector: "demo", browserSecret: BROWSER, connectionId });
    expect(new URL(authorizeUrl).searchParams.get("scope")).toBe("profile:read issues:read");
  });
});

describe("lending under a ceiling", () => {
  it("is refused for what the SaaS gave above it", async () => {
    const ada = await person(here.core);
    await setCeiling("issues:read");
    here.saas.control.behave({ widerConsent: ["issues:write"] });
    const connectionId = await connect(ada, { scopes: ["issues:read"] });
    here.saas.control.behave({ widerConsent: [] });
    const kept = await here.core.db.connection.findUniqueOrThrow({ where: { id: connectionId } });
    expect(kept.providerScopes).toContain("issues:write");
    expect((await getConnection(ada, { connectionId })).scopes).toEqual(["profile:read", "issues:read"]);
    const { agentId } = await agent(here.core, ada);
    const input = { agentId, connectionId, lifetime: "1h" as const, scopes: ["issues:write"] };
    const { result, left } = await watchRows(here.core, () => refusalOf(mintGrant(ada, input)));
    expect(result).toMatchObject({ code: "invalid_scope", reason: "scope_beyond_connection" });
    expect(left).toMatchObject([{ event: "grant.mint", decision: "refused", reason: "scope_beyond_connection" }]);
    expect(await mintGrant(ada, { ...input, scopes: ["issues:read"] })).toMatchObject({ narrowedBy: "provider" });
  });
});

describe("a ceiling that is lowered", () => {
  it("counts with the next use: a token that is out already, and the next exchange", async () => {
    const lent = await lend(here, { scopes: ["issues:read", "issues:write"], delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    const comment = () =>
      call(here.core, token, "/api/issues/1", { method: "PATCH", body: "{}", headers: { "content-type": "application/json" } });
    expect((await comment()).status).toBe(200);
    await setCeiling("issues:read");
    const before = here.saas.calls.length;
    expect((await comment()).status).toBe(403);
    expect(here.saas.calls.length).toBe(before);
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ scope: "issues:read" });
    expect(await (await exchangeGrant(here.core, lent, { scope: "issues:write" })).json()).toMatchObject({ error: "invalid_scope" });
    await setCeiling("files:read");
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ error: "invalid_scope" });
    await setCeiling();
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ scope: "issues:read issues:write" });
  });

  it("counts for a person's own calls as well", async () => {
    const ada = await person(here.core);
    await connect(ada);
    const own = { headers: bearer(await apiToken(ada)) };
    const remove = () => call(here.core, "", "/api/issues/7", { method: "DELETE", ...own });
    await setCeiling("issues:read");
    expect((await remove()).status).toBe(403);
    expect((await call(here.core, "", "/api/issues", own)).status).toBe(200);
  });
});

describe("what the account's token holds above the ceiling", () => {
  it("is still held against scopes that the SaaS answers by the same requests, for a grant and for the person", async () => {
    const ada = await person(here.core);
    await setUpConnector(here.admin, { connector: "slack", ...CLIENT, ceiling: ["channels:history"] });
    const connectionId = newId("con", here.core.clock.now());
    const sealedAccess = here.core.vault.seal("passing", places.access(connectionId), "held");
    const whose = { id: connectionId, personId: ada.actor.personId, connector: "slack", accountId: "T1.U1", accountName: "ada" };
    const data = { ...whose, sealedAccess, providerScopes: ["channels:history", "im:history"], connectedAt: here.core.clock.now() };
    await writingSide(here.core.db).prisma.connection.create({ data });
    const { agentId } = await agent(here.core, ada);
    const input = { agentId, connectionId, lifetime: "1h" as const, scopes: ["channels:history"] };
    expect(await refusalOf(mintGrant(ada, input))).toMatchObject({ code: "invalid_scope", reason: "scope_not_enforceable" });
    const headers = bearer(await apiToken(ada));
    const { result, left } = await watchRows(here.core, () => send(here.core, "/proxy/slack/conversations.history", { headers }));
    expect(await result.json()).toMatchObject({ code: "invalid_scope", reason: "scope_not_enforceable" });
    expect(left.at(-1)).toMatchObject({ event: "gateway.call", decision: "refused", reason: "scope_not_enforceable" });
  });
});
