import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveView } from "../activity/savedViews";
import type { PersonCtx } from "../ctx";
import { revokePersonalToken } from "../people/personalTokens";
import { removePerson, suspendPerson } from "../people/status";
import { listTerminals } from "../people/terminals";
import {
  accessToken,
  apiToken,
  bearer,
  connect,
  exchangeGrant,
  type Lent,
  lend,
  send,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import { type Band, band, claimsOf, tokensAlong } from "../testing/chains";
import { agent, person } from "../testing/people";
import { signInAtTerminal } from "../testing/terminal";
import { newSecret } from "../tokens/secret";
import { operations } from "./operations";

let here: World;
let handed: Band;
let delegationId: string;
let ada: Lent;
let linus: Lent;
const tokens = new Map<PersonCtx, string>();
beforeAll(async () => {
  here = await world();
  ada = await lend(here, { delivery: "gateway" });
  linus = await lend(here);
  handed = await band(here, 2);
  const [, token] = await tokensAlong(here.core, handed);
  delegationId = String(claimsOf(token as string).delegation_id);
});
afterAll(() => here.close());

async function tokenOf(ctx: PersonCtx): Promise<string> {
  if (!tokens.has(ctx)) tokens.set(ctx, await apiToken(ctx));
  return tokens.get(ctx) as string;
}

async function ask(ctx: PersonCtx, method: string, path: string, body?: unknown) {
  const headers = { ...bearer(await tokenOf(ctx)), ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const init = { method, headers, ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }) };
  const answer = await send(here.core, `/api/v1${path}`, init);
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    cache: answer.headers.get("cache-control"),
    body: await answer.json(),
  };
}

const idsOf = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map((one) => one.id);

describe("a script with its person's token", () => {
  it("reads who it is, the connectors, and the person's own connections, agents and grants", async () => {
    const { owner, connectionId, bot, grantId } = ada;
    expect(await ask(owner, "GET", "/me")).toEqual({
      status: 200,
      type: "application/json",
      cache: "no-store",
      body: { id: owner.actor.personId, name: "Ada Lovelace", email: owner.actor.email, role: "member" },
    });
    const connectors = (await ask(owner, "GET", "/connectors")).body.data as { id: string; client_id: unknown; enabled: boolean }[];
    expect(connectors.find((one) => one.id === "demo")).toMatchObject({ enabled: true, client_id: null });
    const [connection] = (await ask(owner, "GET", "/connections")).body.data;
    expect(connection).toMatchObject({ id: connectionId, connector: "demo", account_name: "ada", status: "active", live_grants: 1 });
    expect((await ask(owner, "GET", `/connections/${connectionId}`)).body).toEqual(connection);
    const [bots] = (await ask(owner, "GET", "/agents")).body.data;
    expect(bots).toMatchObject({ id: bot.agentId, name: "Triage bot", live_grants: 1, status: "active" });
    const [grant] = (await ask(owner, "GET", "/grants")).body.data;
    expect(grant).toMatchObject({
      id: grantId,
      agent_id: bot.agentId,
      connection_id: connectionId,
      scopes: ["issues:read"],
      state: "live",
      uses: 0,
    });
    expect((await ask(owner, "GET", `/grants/${grantId}`)).body).toMatchObject({
      ...grant,
      consent: { agreed_by: { via: "browser" } },
      lent_tokens: [],
    });
  });

  it("registers an agent, lends to it, pauses and resumes it, revokes and disconnects", async () => {
    const owner = await person(here.core);
    const connection_id = await connect(owner);
    const made = await ask(owner, "POST", "/agents", { name: "Script bot", purpose: "Counts issues" });
    expect(made).toMatchObject({
      status: 201,
      body: { client_id: expect.stringMatching(/^agt_/), client_secret: expect.stringMatching(/^vlt_agt_/) },
    });
    const { client_id, client_secret } = made.body;
    const asked = { agent_id: client_id, connection_id, scopes: ["issues:read"], lifetime: "1h", delivery: "gateway" };
    const shown = await ask(owner, "POST", "/grants/preview", asked);
    expect(shown).toMatchObject({
      status: 200,
      body: { sentence: "You have 6 permissions here, this agent gets 1.", narrowed_by: "provider" },
    });
    const minted = await ask(owner, "POST", "/grants", asked);
    expect(minted).toMatchObject({
      status: 201,
      body: {
        state: "live",
        api_base: "http://valet.test/proxy/demo",
        expires_at: shown.body.expires_at,
        self_test: { outcome: "proven" },
      },
    });
    const grantId = minted.body.grant_id as string;
    const bot = { agentId: client_id, clientId: client_id, clientSecret: client_secret };
    await accessToken(here.core, { bot, grantId });
    const testToken = { handed: false, state: "ended" };
    expect(await ask(owner, "POST", `/agents/${client_id}/pause`)).toMatchObject({
      status: 200,
      body: { status: "paused", lent_tokens: [testToken] },
    });
    expect((await (await exchangeGrant(here.core, { bot, grantId })).json()).reason).toBe("agent_paused");
    expect(await ask(owner, "POST", `/agents/${client_id}/resume`, {})).toMatchObject({ status: 200, body: { status: "active" } });
    await accessToken(here.core, { bot, grantId });
    await ask(owner, "POST", `/grants/${grantId}/test`);
    const { result: revoked, left } = await watchRows(here.core, () => ask(owner, "POST", `/grants/${grantId}/revoke`));
    const grant = { state: "revoked", state_reason: "grant_revoked" };
    expect(revoked).toMatchObject({ status: 200, body: { lent_tokens: [testToken], grant } });
    const revoke = { event: "grant.revoke", acting: "person", personId: owner.actor.personId, requestId: "req_test" };
    expect(left).toMatchObject([revoke, { event: "lent_token.end" }]);
    expect((await (await exchangeGrant(here.core, { bot, grantId })).json()).reason).toBe("grant_revoked");
    expect(await ask(owner, "DELETE", `/grants/${grantId}`)).toMatchObject({ status: 200, body: { grant: { state: "revoked" } } });
    const ended = await ask(owner, "DELETE", `/connections/${connection_id}`);
    expect(ended).toMatchObject({ status: 200, body: { ended_at_provider: "ended", grants_ended: 0 } });
  });

  it("filters grants by agent, by connection, and by whether they live", async () => {
    const owner = await person(here.core);
    const mint = async (more: object) =>
      (await ask(owner, "POST", "/grants", { lifetime: "1h", delivery: "gateway", ...more })).body.grant_id as string;
    const [first, second] = [await agent(here.core, owner), await agent(here.core, owner)];
    const [one, two] = [await connect(owner), await connect(owner, { login: "linus" })];
    const a = await mint({ agent_id: first.agentId, connection_id: one });
    const b = await mint({ agent_id: second.agentId, connection_id: one });
    const c = await mint({ agent_id: first.agentId, connection_id: two });
    await ask(owner, "POST", `/grants/${b}/revoke`);
    const list = async (query: string) => idsOf(await ask(owner, "GET", `/grants?${query}`)).sort();
    expect(await list("")).toEqual([a, b, c].sort());
    expect(await list(`agent_id=${first.agentId}`)).toEqual([a, c].sort());
    expect(await list(`connection_id=${one}`)).toEqual([a, b].sort());
    expect(await list("live=true")).toEqual([a, c].sort());
    expect(await list(`live=true&connection_id=${one}`)).toEqual([a]);
    expect(await list(`agent_id=${ada.bot.agentId}`)).toEqual([]);
  });
});

describe("agents", () => {
  it("are all told where nothing is asked, and by text, standing and page where it is", async () => {
    const mia = await person(here.core, { name: "Mia Many" });
    for (const name of ["Filter C", "Filter B", "Filter A"]) await agent(here.core, mia, { name });
    const names = ({ body }: { body: { data: { name: string }[] } }) => body.data.map(({ name }) => name);
    const plain = await ask(mia, "GET", "/agents");
    expect([Object.keys(plain.body), names(plain)]).toEqual([["data"], ["Filter A", "Filter B", "Filter C"]]);
    const page = await ask(here.admin, "GET", "/agents?scope=all&text=filter&standing=active&page=2&limit=2");
    expect(page.body).toMatchObject({ found: 3, page: 2, pages: 2 });
    expect(page.body.data).toEqual(plain.body.data.slice(2));
    expect(names(await ask(mia, "GET", "/agents?text=filter+b"))).toEqual(["Filter B"]);
    expect(names(await ask(mia, "GET", "/agents?standing=paused"))).toEqual([]);
    expect(await ask(mia, "GET", "/agents?scope=all&text=filter")).toMatchObject({ status: 403, body: { reason: "role_missing" } });
    expect(await ask(mia, "GET", "/agents?page=0")).toMatchObject({ status: 400, body: { fields: { page: expect.anything() } } });
  });
});

describe("everyone's", () => {
  it("is for auditors and admins; a member who asks sees their own all the same", async () => {
    const auditor = await person(here.core, { role: "auditor" });
    for (const path of ["/connections", "/grants"]) {
      const own = idsOf(await ask(ada.owner, "GET", path));
      expect(idsOf(await ask(ada.owner, "GET", `${path}?everyone=true`))).toEqual(own);
      const all = idsOf(await ask(auditor, "GET", `${path}?everyone=true`));
      expect(all).toEqual(expect.arrayContaining([...own, ...idsOf(await ask(linus.owner, "GET", path))]));
      expect(idsOf(await ask(here.admin, "GET", `${path}?everyone=true`))).toEqual(all);
      for (const query of ["", "?everyone=false", "?everyone=1"]) expect(idsOf(await ask(auditor, "GET", path + query))).toEqual([]);
    }
    const refused = await ask(ada.owner, "GET", "/agents?scope=all");
    expect(refused).toMatchObject({ status: 403, body: { code: "forbidden", reason: "role_missing" } });
    expect(idsOf(await ask(auditor, "GET", "/agents?scope=all"))).toContain(ada.bot.agentId);
  });

  it("may be read by an auditor one by one, and changed by none of them", async () => {
    const auditor = await person(here.core, { role: "auditor" });
    for (const path of [`/connections/${ada.connectionId}`, `/grants/${ada.grantId}`, `/agents/${ada.bot.agentId}`]) {
      expect((await ask(auditor, "GET", path)).status).toBe(200);
    }
    for (const path of [`/connections/${ada.connectionId}`, `/grants/${ada.grantId}`]) {
      expect((await ask(auditor, "DELETE", path)).status).toBe(404);
    }
    expect((await ask(auditor, "POST", `/agents/${ada.bot.agentId}/pause`)).status).toBe(404);
  });
});

describe("what is somebody else's", () => {
  const GONE = {
    connection: "con_01kjpt2v000000000000000000",
    grant: "grt_01kjpt2v000000000000000000",
    agent: "agt_01kjpt2v000000000000000000",
    link: "lnk_01kjpt2v000000000000000000",
    delegation: "dlg_01kjpt2v000000000000000000",
    run: "run-of-nobody",
    terminal: "rft_01kjpt2v000000000000000000",
    view: "vie_01kjpt2v000000000000000000",
    person: "per_01kjpt2v000000000000000000",
  };
  let terminalId: string;
  let viewId: string;
  beforeAll(async () => {
    await signInAtTerminal(linus.owner);
    terminalId = (await listTerminals(linus.owner))[0]?.id as string;
    await accessToken(here.core, linus, { run_id: "run-of-linus" });
    viewId = (await saveView(linus.owner, { name: "Mine", query: "acting=agent" })).id;
  });
  const byNoun = {
    connection: () => linus.connectionId,
    grant: () => linus.grantId,
    agent: () => linus.bot.agentId,
    link: () => handed.links[0]?.id ?? "",
    delegation: () => delegationId,
    run: () => "run-of-linus",
    terminal: () => terminalId,
    view: () => viewId,
    person: () => linus.owner.actor.personId,
  };
  /** What an operation wants beside the id. */
  const BODIES: Readonly<Record<string, object>> = {
    listAccountResources: { kind: "issue" },
    narrowGrant: { scopes: ["issues:read"] },
    extendGrant: { lifetime: "7d" },
    setAgentDpop: { dpop: "required" },
    addTrustRule: { issuer_id: "x", name: "x", conditions: [] },
    agreeLink: { to_agent_id: GONE.agent },
    addCredential: { kind: "secret" },
    setResolution: { tries: ["delegated"] },
  };
  // A connector is nobody's own.
  // What admins alone may do is refused to others before anything is looked for: see lib/platform/platform.test.ts.
  const ADMINS_ALONE = new Set(["removeResource", "giveOwnAccess", "takeOwnAccess", "handOverAgents", "previewLeaving"]);
  const withId = operations.filter((one) => one.path.includes("_id}") && !ADMINS_ALONE.has(one.id));

  it.each(withId.map((one) => [`${one.method} ${one.path}`, one] as const))("is not there: %s, word for word", async (_name, one) => {
    const noun = (
      /\{(connection|grant|agent|link|delegation|run|terminal|view|person)_id\}/.exec(one.path) as RegExpExecArray
    )[1] as keyof typeof GONE;
    const path = (id: string) =>
      one.path
        .replace("/api/v1", "")
        .replace(/\{\w+\}/, id)
        .replace("{connector}", "demo");
    const body = BODIES[one.id];
    const theirs = await ask(ada.owner, one.method, path(byNoun[noun]()), body);
    const absent = await ask(ada.owner, one.method, path(GONE[noun]), body);
    expect(theirs).toEqual(absent);
    expect([theirs.status, theirs.body.detail]).toEqual([404, `There is no such ${noun}, or it is not yours.`]);
  });

  it("cannot be lent, and stays as it was", async () => {
    const mint = (more: object) =>
      ask(ada.owner, "POST", "/grants", { agent_id: ada.bot.agentId, connection_id: ada.connectionId, lifetime: "1h", ...more });
    const theirs = await mint({ connection_id: linus.connectionId });
    expect(theirs).toEqual(await mint({ connection_id: GONE.connection }));
    expect(theirs.status).toBe(404);
    expect((await ask(linus.owner, "GET", "/grants")).body.data).toMatchObject([{ id: linus.grantId, state: "live" }]);
    expect((await ask(linus.owner, "GET", "/agents")).body.data).toMatchObject([{ id: linus.bot.agentId, status: "active" }]);
  });
});

describe("nothing is answered", () => {
  const SAMPLE = operations.map((one) => [one.method, one.path.replace(/\{\w+\}/, "x")] as const);
  const init = (method: string, headers: Record<string, string>) => ({ method, headers });

  it.each(SAMPLE)("without a person's live token: %s %s", async (method, path) => {
    const missing = await send(here.core, path, init(method, {}));
    expect([missing.status, missing.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="valet", error="invalid_token"']);
    expect(await missing.json()).toMatchObject({ code: "invalid_token", reason: "token_missing" });
    for (const token of [newSecret("pat"), ada.bot.clientSecret, await accessToken(here.core, ada), "x"]) {
      expect((await send(here.core, path, init(method, bearer(token)))).status).toBe(401);
    }
    const basic = { authorization: `Basic ${Buffer.from(`${ada.bot.clientId}:${ada.bot.clientSecret}`).toString("base64")}` };
    expect((await send(here.core, path, init(method, basic))).status).toBe(401);
  });

  it("once the token was revoked, has ended, or its person was suspended or removed", async () => {
    for (const end of [
      async (owner: PersonCtx) => {
        const found = await here.core.db.personalToken.findFirstOrThrow({ where: { personId: owner.actor.personId } });
        await revokePersonalToken(owner, { tokenId: found.id });
      },
      (owner: PersonCtx) => suspendPerson(here.admin, { personId: owner.actor.personId }),
      (owner: PersonCtx) => removePerson(here.admin, { personId: owner.actor.personId }),
    ]) {
      const owner = await person(here.core);
      expect((await ask(owner, "GET", "/me")).status).toBe(200);
      await end(owner);
      expect(await ask(owner, "GET", "/me")).toMatchObject({ status: 401, body: { code: "invalid_token", reason: "token_unknown" } });
    }
  });

  it("by an address or a method that is not there", async () => {
    expect(await ask(ada.owner, "GET", "/nothing")).toMatchObject({ status: 404, body: { code: "not_found", reason: "path_unknown" } });
    for (const [method, path, allow] of [
      ["PATCH", `/grants/${ada.grantId}`, "GET, DELETE"],
      ["PUT", "/grants", "GET, POST"],
      ["DELETE", "/activity", "GET"],
    ] as const) {
      const answer = await send(here.core, `/api/v1${path}`, init(method, bearer(await tokenOf(ada.owner))));
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
      expect(await answer.json()).toMatchObject({ status: 405, code: "invalid_request", reason: "method" });
    }
  });
});

describe("an input is refused, with the field by name and nothing repeated,", () => {
  const mint = () => ({ agent_id: ada.bot.agentId, connection_id: ada.connectionId, lifetime: "1h" });
  const bad = async (method: string, path: string, body?: unknown) => {
    const before = await here.core.db.activity.count();
    const answer = await ask(ada.owner, method, path, body);
    expect([path, answer.status, answer.type]).toEqual([path, 400, "application/problem+json"]);
    expect(answer.body).toMatchObject({ code: "invalid_request", status: 400, request_id: "req_test" });
    expect(await here.core.db.activity.count()).toBe(before);
    return answer.body;
  };

  it.each(["owner_id", "person_id", "status", "role", "narrowed_by", "expires_at", "consent", "key_ends_at", "__proto__"])(
    "when it has a key that is not in the table: %s",
    async (key) => {
      const extra = JSON.parse(`{"${key}":"x"}`) as object;
      expect(await bad("POST", "/grants", { ...mint(), ...extra })).toBeDefined();
      expect(await bad("POST", "/agents", JSON.stringify({ name: "x", purpose: "y" }).replace("{", `{"${key}":"x",`))).toBeDefined();
      await bad("POST", `/agents/${ada.bot.agentId}/pause`, `{"${key}":"x"}`);
      if (key !== "person_id" && key !== "status") await bad("GET", `/activity?${key}=x`);
      await bad("GET", `/grants?${key}=x`);
      await bad("DELETE", `/grants/${ada.grantId}?${key}=x`);
    },
  );

  it("when a value is of another kind or out of bounds", async () => {
    expect((await bad("POST", "/grants", { ...mint(), lifetime: "1y" })).fields).toHaveProperty("lifetime");
    expect((await bad("POST", "/grants", { ...mint(), scopes: [] })).fields).toEqual({ scopes: "Choose at least one permission." });
    for (const scopes of ["issues:read", [1], Array(101).fill("x")]) await bad("POST", "/grants", { ...mint(), scopes });
    await bad("POST", "/agents", { name: "", purpose: "y" });
    await bad("POST", "/agents", { name: "x" });
    for (const query of ["limit=0", "limit=201", "limit=x", "from=yesterday", "acting=root", "event=nothing"])
      await bad("GET", `/activity?${query}`);
  });

  it("when it is no JSON object, or a parameter comes twice", async () => {
    for (const body of ["{", "[]", "null", '"x"', "1"]) expect((await bad("POST", "/grants", body)).reason).toBe("json");
    expect((await bad("GET", "/activity?limit=1&limit=2")).reason).toBe("parameter_doubled");
    const headers = { ...bearer(await tokenOf(ada.owner)), "content-type": "text/plain" };
    const answer = await send(here.core, "/api/v1/agents", { method: "POST", headers, body: '{"name":"x","purpose":"y"}' });
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "content_type"]);
  });
});
