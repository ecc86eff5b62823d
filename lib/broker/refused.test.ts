import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pauseAgent, resumeAgent } from "../agents/status";
import { disconnectConnection } from "../connections/disconnect";
import { revokeGrant } from "../grants/revoke";
import { removePerson, resumePerson, suspendPerson } from "../people/status";
import {
  apiToken,
  bearer,
  call,
  connect,
  exchangeForm,
  exchangeGrant,
  type Lent,
  lend,
  send,
  usesOf,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import { agent, person } from "../testing/people";
import { newSecret } from "../tokens/secret";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
});
beforeEach(async () => {
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

const NOBODY = "grt_01kjpt2v000000000000000000";
const UNKNOWN = {
  error: "invalid_request",
  error_description: "There is no such grant for you. See what you may do at /api/v1/agent/access.",
  reason: "grant_unknown",
};

/** Refused with exactly this body, at the SaaS nothing was heard, and exactly this row was left. */
async function refused(work: () => Promise<Response>, status: number, body: object, row: object | null = {}) {
  const before = here.saas.calls.length;
  const { result, left } = await watchRows(here.core, work);
  expect([result.status, await result.json()]).toEqual([status, body]);
  expect(result.headers.get("cache-control")).toBe("no-store");
  expect(result.headers.get("content-type")).toBe("application/json");
  expect(here.saas.calls.length).toBe(before);
  const told = body as { reason: string };
  const whole = {
    kind: "use",
    event: "token.exchange",
    decision: "refused",
    reason: told.reason,
    requestId: "req_test",
    upstreamStatus: null,
  };
  expect(left).toMatchObject(row ? [{ ...whole, acting: "agent", agentId: lent.bot.agentId, ...row }] : []);
}

const grantRow = () => ({ personId: lent.owner.actor.personId, grantId: lent.grantId, connectionId: lent.connectionId, connector: "demo" });
const says = (reason: string, error_description: string, next: string, way: object = NO_WAY) => ({
  error: "invalid_request",
  error_description,
  reason,
  next,
  ...way,
});
const NO_WAY = { smallest_grant: null };
/** The form for a new grant, with exactly these ticked. */
const anew = (scopes: readonly string[], labels: readonly string[]) => {
  const query = new URLSearchParams([
    ["agent", lent.bot.agentId],
    ["connection", lent.connectionId],
    ...scopes.map((name) => ["scopes", name]),
  ]);
  const url = `http://valet.test/grants/new?${query}`;
  return { fix: url, smallest_grant: { scopes, labels, connection_id: lent.connectionId, agent_id: lent.bot.agentId, url } };
};
const SAME = () => anew(["issues:read"], ["Read issues"]);
const exchange = (more: Record<string, string> = {}) => exchangeGrant(here.core, lent, more);
const ASK_AGAIN = "Ask the person who lent it for a new grant.";

describe("an exchange is refused", () => {
  it("when the grant was revoked", async () => {
    await revokeGrant(lent.owner, lent);
    await refused(exchange, 400, says("grant_revoked", "This grant was revoked.", ASK_AGAIN, SAME()), grantRow());
  });

  it("from the instant the grant ends", async () => {
    here.core.clock.advance({ hours: 8 });
    await refused(exchange, 400, says("grant_expired", "This grant has ended.", ASK_AGAIN, SAME()), grantRow());
  });

  it("while the agent is paused, and no longer", async () => {
    await pauseAgent(lent.owner, { agentId: lent.bot.agentId });
    await refused(
      exchange,
      400,
      says("agent_paused", "This agent is paused.", "Ask the agent's owner to resume it.", {
        ...NO_WAY,
        fix: `http://valet.test/agents/${lent.bot.agentId}`,
      }),
      grantRow(),
    );
    await resumeAgent(lent.owner, { agentId: lent.bot.agentId });
    expect((await exchange()).status).toBe(200);
  });

  it("while the agent's owner is suspended, though somebody else lent it", async () => {
    const owner = await person(here.core);
    const bot = await agent(here.core, owner);
    lent = await lend(here, { delivery: "gateway" }, bot);
    await suspendPerson(here.admin, { personId: owner.actor.personId });
    const words = "The owner of this agent is not in good standing, so the agent is stopped.";
    await refused(exchange, 400, says("owner_suspended", words, "Ask an admin to give the agent an owner."), grantRow());
    await resumePerson(here.admin, { personId: owner.actor.personId });
    expect((await exchange()).status).toBe(200);
  });

  it("while the person who lent it is suspended", async () => {
    const bot = await agent(here.core, await person(here.core));
    lent = await lend(here, { delivery: "gateway" }, bot);
    await suspendPerson(here.admin, { personId: lent.owner.actor.personId });
    await refused(exchange, 400, says("person_suspended", "The person who lent this is suspended.", "Ask an admin."), grantRow());
  });

  it("when the person who lent it was removed, for good", async () => {
    const bot = await agent(here.core, await person(here.core));
    lent = await lend(here, { delivery: "gateway" }, bot);
    await removePerson(here.admin, { personId: lent.owner.actor.personId });
    await resumePerson(here.admin, { personId: lent.owner.actor.personId });
    await refused(
      exchange,
      400,
      says("person_removed", "The person who lent this has left.", "Ask somebody else for a grant."),
      grantRow(),
    );
  });

  it("when the account was disconnected, also after it was connected again", async () => {
    const { owner, connectionId } = lent;
    await disconnectConnection(owner, { connectionId });
    const next = "Ask its person to connect the account again and to lend it anew.";
    const way = { ...SAME(), fix: `http://valet.test/connections/${connectionId}` };
    const words = says("connection_disconnected", "The account behind this grant was disconnected.", next, way);
    await refused(exchange, 400, words, grantRow());
    await connect(owner, { connectionId });
    await refused(exchange, 400, words, grantRow());
  });

  it("when it asks for more than the grant has, however it spells it", async () => {
    const unknown = "Demo Tracker has no scope by a name that was asked for.";
    const lacks = (name: string) => `The grant does not have the scope ${name}.`;
    const asked: [string, string, object][] = [
      ["issues:write", lacks("issues:write"), anew(["issues:write"], ["Change issues"])],
      ["issues:read issues:write", lacks("issues:write"), anew(["issues:read", "issues:write"], ["Read issues", "Change issues"])],
      ["ISSUES:READ", unknown, NO_WAY],
      ["*", unknown, NO_WAY],
      ["<b>vlt_agt_x</b> issues:write", unknown, anew(["issues:write"], ["Change issues"])],
      ["admin", lacks("admin"), anew(["admin"], ["Manage the members of the workspace"])],
    ];
    for (const [scope, lacking, way] of asked) {
      await refused(
        () => exchange({ scope }),
        400,
        {
          error: "invalid_scope",
          error_description: `${lacking} The grant has: issues:read.`,
          reason: "scope_beyond_grant",
          next: "Ask for less, or ask the person for a grant with that scope.",
          ...way,
        },
        grantRow(),
      );
    }
  });

  it("when the account holds nothing any more of what the grant lends", async () => {
    await connect(lent.owner, { connectionId: lent.connectionId, scopes: ["profile:read"] });
    const words = {
      error: "invalid_scope",
      error_description: "The account no longer holds anything that this grant lends.",
      reason: "scope_beyond_connection",
      next: "Ask the person who lent this to reconnect the account with the permissions of the grant.",
      ...NO_WAY,
      fix: `http://valet.test/connections/${lent.connectionId}`,
    };
    await refused(exchange, 400, words, grantRow());
  });

  it("when it is wanted for another place", async () => {
    const words = {
      error: "invalid_target",
      error_description:
        "This grant opens http://valet.test/proxy/demo and nothing else. Leave resource and audience out, or ask for that.",
      reason: "resource_elsewhere",
    };
    for (const resource of [here.saas.url, "http://valet.test/proxy/github", "http://valet.test/proxy/demo/x"]) {
      await refused(() => exchange({ resource }), 400, words, grantRow());
    }
    for (const audience of ["github", "//iam.googleapis.com/projects/1", here.saas.url])
      await refused(() => exchange({ audience }), 400, words, grantRow());
    const body = exchangeForm(lent, { resource: "http://valet.test/proxy/demo" });
    body.append("resource", "https://elsewhere.example");
    await refused(() => send(here.core, "/oauth/token", { method: "POST", body }), 400, words, grantRow());
  });

  it("when the grant is somebody else's, unknown, or no id at all: one answer", async () => {
    const other = await lend(here, { delivery: "gateway" });
    const nothing = { personId: null, grantId: null, connectionId: null };
    for (const subject_token of [other.grantId, NOBODY, lent.connectionId, "grt_", "' or 1=1 --", "x".repeat(5000)]) {
      await refused(() => exchange({ subject_token }), 400, UNKNOWN, nothing);
    }
    expect(await usesOf(here.core, other.grantId)).toEqual([]);
  });

  it("when an agent brings a connection instead of a grant", async () => {
    const subject_token_type = "urn:valet:params:oauth:token-type:connection";
    await refused(() => exchange({ subject_token: lent.connectionId, subject_token_type }), 400, UNKNOWN, { personId: null });
  });

  it("when the kind of subject token is another, with the row of who asked", async () => {
    const type = "urn:ietf:params:oauth:token-type:refresh_token";
    await refused(() => exchange({ subject_token_type: type }), 400, {
      error: "invalid_request",
      error_description: "subject_token_type must be urn:valet:params:oauth:token-type:grant.",
      reason: "subject_token_type_unknown",
    });
  });
});

describe("a person's exchange is refused", () => {
  const as = (token: string, subject: string, kind: "grant" | "connection") =>
    send(here.core, "/oauth/token", {
      method: "POST",
      headers: bearer(token),
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: subject,
        subject_token_type: `urn:valet:params:oauth:token-type:${kind}`,
      }),
    });

  it("for what is somebody else's, in the words of what is not there", async () => {
    const mallory = await person(here.core);
    const token = await apiToken(mallory);
    const row = { acting: "person", agentId: null, personId: mallory.actor.personId, ownerId: mallory.actor.personId, grantId: null };
    await refused(() => as(token, lent.grantId, "grant"), 400, UNKNOWN, row);
    await refused(() => as(token, NOBODY, "grant"), 400, UNKNOWN, row);
    const words = { error: "invalid_request", error_description: "There is no such connection, or it is not yours.", reason: "not_found" };
    for (const id of [lent.connectionId, "con_01kjpt2v000000000000000000", "x"])
      await refused(() => as(token, id, "connection"), 400, words, row);
  });

  it("when they are suspended, and then their token tells nothing of them", async () => {
    const token = await apiToken(lent.owner);
    await suspendPerson(here.admin, { personId: lent.owner.actor.personId });
    const words = {
      error: "invalid_client",
      error_description: "This API token is unknown or has ended. Make a new one on your Account page.",
      reason: "token_unknown",
    };
    await refused(() => as(token, lent.connectionId, "connection"), 401, words, null);
  });

  it("and so is a call with the gateway token they still have", async () => {
    const { access_token } = await (await as(await apiToken(lent.owner), lent.connectionId, "connection")).json();
    await suspendPerson(here.admin, { personId: lent.owner.actor.personId });
    const { result, left } = await watchRows(here.core, () => call(here.core, access_token, "/api/issues"));
    expect([result.status, (await result.json()).reason]).toEqual([403, "person_suspended"]);
    expect(left).toMatchObject([
      { acting: "person", personId: lent.owner.actor.personId, decision: "refused", reason: "person_suspended" },
    ]);
  });
});

describe("nobody who is not proved leaves a row", () => {
  const NOT_PROVED = {
    error: "invalid_client",
    error_description: "The agent could not be proved. Check client_id and client_secret.",
    reason: "invalid_client",
  };

  it("an agent with a wrong secret, another's secret, or an id that is not there: one answer", async () => {
    const other = await agent(here.core, lent.owner);
    const wrong: Record<string, string>[] = [
      { client_secret: newSecret("agt") },
      { client_secret: other.clientSecret },
      { client_id: "agt_01kjpt2v000000000000000000" },
      { client_id: other.clientId },
      { client_secret: "x" },
    ];
    for (const more of wrong) await refused(() => exchange(more), 401, NOT_PROVED, null);
  });

  it("a caller by Basic is told the scheme", async () => {
    const basic = Buffer.from(`${lent.bot.clientId}:${newSecret("agt")}`).toString("base64");
    const body = exchangeForm(lent, { client_id: "", client_secret: "" });
    const answer = await send(here.core, "/oauth/token", { method: "POST", headers: { authorization: `Basic ${basic}` }, body });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="http://valet.test", charset="UTF-8"']);
  });

  it("somebody with nothing, or with a token that is no person's", async () => {
    const none = "Say who you are: client_assertion in the body, or client_id and client_secret by HTTP Basic or in the body.";
    await refused(
      () => exchange({ client_id: "", client_secret: "" }),
      401,
      { error: "invalid_client", error_description: none, reason: "invalid_client" },
      null,
    );
    const other =
      "The bearer token is not a person's API token (vlt_pat_...). Agents prove themselves with client_assertion, or client_id and client_secret.";
    const body = exchangeForm(lent, { client_id: "", client_secret: "" });
    const ask = () => send(here.core, "/oauth/token", { method: "POST", headers: bearer(lent.bot.clientSecret), body });
    await refused(ask, 401, { error: "invalid_client", error_description: other, reason: "invalid_client" }, null);
  });
});
