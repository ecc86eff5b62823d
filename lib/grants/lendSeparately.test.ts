import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { consentAs } from "../../e2e/fakes/consent";
import { listActivity } from "../activity/list";
import { pauseAgent } from "../agents/status";
import { disconnectConnection } from "../connections/disconnect";
import { getConnection, listConnections } from "../connections/list";
import { ownLiveConnection } from "../connections/standing";
import { accessToken, BROWSER, bearer, connect, exchangeGrant, send, type World, watchRows } from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { boardWorld, lendOnBoard, walkSeparately } from "../testing/separate";
import { finishWalk } from "./finishWalk";
import { lendSeparately, previewSeparately } from "./lendSeparately";
import { getGrant, listGrants } from "./list";
import { mintGrant } from "./mint";
import { previewGrant } from "./preview";

let here: World;
beforeAll(async () => {
  here = await boardWorld();
});
afterAll(() => here.close());
afterEach(() => here.saas.control.behave({ partialConsent: [], widerConsent: [] }));

const LENT = ["profile:read", "issues:read"];
const record = (id: string) => here.core.db.connection.findUniqueOrThrow({ where: { id } });
const live = () => here.saas.control.tokens().filter((token) => token.standing === "live" && !token.isReplaced);

async function start(scopes = ["issues:read"]) {
  const owner = await person(here.core);
  const connectionId = await connect(owner, { connector: "demo-board" });
  const bot = await agent(here.core, owner);
  return { owner, connectionId, bot, input: { scopes, lifetime: "8h" as const, agentId: bot.agentId, connectionId } };
}

describe("a grant that the SaaS cannot cut a token for", () => {
  it("can be held by the SaaS itself, by a consent that is shown whole before anything is given", async () => {
    const { owner, input } = await start();
    expect(await previewGrant(owner, input)).toMatchObject({ narrowedBy: "gateway", directPossible: false, separateConsent: "main" });
    expect(await previewSeparately(owner, input)).toMatchObject({
      narrowedBy: "consent",
      delivery: "direct",
      directPossible: true,
      separateConsent: "main",
      sentence: "You have 6 permissions here, this agent gets 2.",
      permissions: [{ name: "profile:read" }, { name: "issues:read" }],
      enforcement:
        "Demo Board enforces this: you give it a second, smaller consent for this grant alone, with only these permissions, and the agent holds a token of it for at most an hour.",
    });
    expect(await listGrants(owner)).toEqual([]);
  });

  it("goes to the SaaS for exactly that, and leaves what was agreed with the walk", async () => {
    const { owner, input, connectionId } = await start();
    const { result, left } = await watchRows(here.core, () => lendSeparately(owner, input, BROWSER));
    expect(new URL(result.authorizeUrl).searchParams.get("scope")).toBe(LENT.join(" "));
    const begun = { event: "connection.begin", personId: owner.actor.personId, connectionId, scopes: LENT };
    expect(left).toMatchObject([
      { ...begun, target: "Demo Board: ada (for one grant alone)", detail: { registration: "main", forOneGrant: true } },
    ]);
    const attempts = await here.core.db.connectAttempt.findMany({ where: { personId: owner.actor.personId } });
    const [attempt] = attempts.filter(({ lending }) => lending !== null);
    expect(attempt).toMatchObject({ registration: "main", lending: { parentId: connectionId, draft: { input: { scopes: LENT } } } });
    expect(JSON.stringify(attempt)).not.toMatch(/saas_|vlt_|the-browser/);
  });

  it("is minted on tokens of its own, which the SaaS refuses a write by", async () => {
    const { owner, input, connectionId, bot } = await start();
    const shown = await previewSeparately(owner, input);
    const { result, left } = await watchRows(here.core, () => walkSeparately(owner, input));
    if (result.kind !== "grant") throw new Error("not a grant");
    const grant = await getGrant(owner, result);
    expect(result.wider).toBe(false);
    expect(grant).toMatchObject({ narrowedBy: "consent", delivery: "direct", scopes: LENT, connectionId, expiresAt: shown.expiresAt });
    expect(grant.separateConsent).toMatchObject({ registration: "main", status: "active" });
    expect(grant.consent).toMatchObject({ shown: { sentence: shown.sentence, enforcement: shown.enforcement } });
    const consentId = grant.separateConsent?.connectionId ?? "";
    expect(await record(consentId)).toMatchObject({ parentId: connectionId, providerScopes: LENT, accountId: "1", registration: "main" });
    const minted = {
      event: "grant.mint",
      grantId: grant.id,
      connectionId: consentId,
      detail: { separateConsent: true, narrowedBy: "consent" },
    };
    expect(left.map(({ event }) => event)).toEqual([
      "connection.begin",
      "connection.callback",
      "connection.create",
      "grant.mint",
      "grant.test",
    ]);
    const proven = { grantId: grant.id, reason: "self_test_passed" };
    expect(left.slice(-3)).toMatchObject([{ connectionId: consentId, detail: { beside: connectionId } }, minted, proven]);
    const issues = here.saas.control.data().issues.length;
    const token = await accessToken(here.core, { bot, grantId: grant.id });
    expect((await fetch(`${here.saas.url}/api/issues`, { headers: bearer(token) })).status).toBe(200);
    const body = JSON.stringify({ title: "Not by this token" });
    const headers = { ...bearer(token), "content-type": "application/json" };
    const write = await fetch(`${here.saas.url}/api/issues`, { method: "POST", headers, body });
    expect([write.status, await write.json()]).toMatchObject([403, { error: "insufficient_scope" }]);
    expect(here.saas.control.data().issues.length).toBe(issues);
  });

  it("goes through the gateway with two walls when the person wants it so", async () => {
    const lent = await lendOnBoard(here, { delivery: "gateway" });
    expect(await getGrant(lent.owner, lent)).toMatchObject({ narrowedBy: "consent", delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    expect(token).toMatch(/^eyJ/);
    const read = await send(here.core, "/proxy/demo-board/api/issues", { headers: bearer(token) });
    const write = await send(here.core, "/proxy/demo-board/api/issues/1", { method: "DELETE", headers: bearer(token) });
    expect([read.status, write.status]).toEqual([200, 403]);
    const sent = here.saas.calls.at(-1);
    expect(sent).toMatchObject({ path: "/api/issues", scopes: LENT });
  });
});

describe("what the SaaS answers is believed", () => {
  it("more than was asked: the gateway holds the agent to it, and row, grant and consent record say so", async () => {
    here.saas.control.behave({ widerConsent: ["issues:write"] });
    const lent = await lendOnBoard(here);
    expect(lent.wider).toBe(true);
    const grant = await getGrant(lent.owner, lent);
    expect(grant).toMatchObject({ narrowedBy: "gateway", delivery: "gateway", scopes: LENT });
    expect(grant.consent).toMatchObject({ shown: { narrowedBy: "consent" }, became: { narrowedBy: "gateway", delivery: "gateway" } });
    const rows = await listActivity(lent.owner, { event: "grant.mint" });
    expect(rows.rows).toMatchObject([{ detail: { separateConsent: true, wider_than_asked: true, delivery: "gateway" } }]);
    const token = await accessToken(here.core, lent);
    expect(token).toMatch(/^eyJ/);
  });

  it("less than the grant needs: nothing is lent, and the consent is ended at the SaaS", async () => {
    const { owner, input, connectionId } = await start();
    here.saas.control.behave({ partialConsent: ["issues:read"] });
    const before = live().length;
    const { result, left } = await watchRows(here.core, () => refusalOf(walkSeparately(owner, input)));
    expect(result).toMatchObject({ code: "conflict", reason: "consent_too_small" });
    expect(left.at(-1)).toMatchObject({
      event: "grant.mint",
      decision: "refused",
      reason: "consent_too_small",
      personId: owner.actor.personId,
    });
    expect(live().length).toBe(before);
    expect(await listGrants(owner)).toEqual([]);
    const kept = await here.core.db.connection.findMany({ where: { parentId: connectionId } });
    expect(kept).toMatchObject([{ status: "disconnected", sealedAccess: null, sealedRefresh: null }]);
  });

  it("another account than the grant is for: refused, and ended at the SaaS", async () => {
    const { owner, input, connectionId } = await start();
    const before = live().length;
    const { result, left } = await watchRows(here.core, () => refusalOf(walkSeparately(owner, input, "linus")));
    expect(result).toMatchObject({ code: "conflict", reason: "other_account_than_lent" });
    expect(left.at(-1)).toMatchObject({ event: "connection.create", decision: "refused", reason: "other_account_than_lent" });
    expect(live().length).toBe(before);
    expect(await here.core.db.connection.count({ where: { parentId: connectionId } })).toBe(0);
  });
});

describe("between agreeing and coming back", () => {
  it("nothing is given before the first self-test, also when Valet died in front of it", async () => {
    const { owner, input, bot } = await start();
    const { authorizeUrl } = await lendSeparately(owner, input, BROWSER);
    const callbackUrl = await consentAs(authorizeUrl, "ada");
    const come = await finishWalk(owner, { connector: "demo-board", callbackUrl, browserSecret: BROWSER });
    if (come.kind !== "grant") throw new Error("No grant came of it.");
    const answer = await exchangeGrant(here.core, { bot, grantId: come.grantId });
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "grant_untested"]);
  });

  it("the agent was paused: nothing is lent, and the consent is ended", async () => {
    const { owner, input, bot } = await start();
    const { authorizeUrl } = await lendSeparately(owner, input, BROWSER);
    const callbackUrl = await consentAs(authorizeUrl, "ada");
    await pauseAgent(owner, { agentId: bot.agentId });
    const before = live().length;
    const come = finishWalk(owner, { connector: "demo-board", callbackUrl, browserSecret: BROWSER });
    expect(await refusalOf(come)).toMatchObject({ code: "conflict", reason: "agent_paused" });
    expect(live().length).toBe(before);
  });

  it("the account was disconnected: nothing is kept, and the consent is ended", async () => {
    const { owner, input, connectionId } = await start();
    const { authorizeUrl } = await lendSeparately(owner, input, BROWSER);
    const callbackUrl = await consentAs(authorizeUrl, "ada");
    await disconnectConnection(owner, { connectionId });
    const before = live().length;
    const come = finishWalk(owner, { connector: "demo-board", callbackUrl, browserSecret: BROWSER });
    expect(await refusalOf(come)).toMatchObject({ code: "not_found" });
    expect(live().length).toBe(before);
    expect(await here.core.db.connection.count({ where: { parentId: connectionId } })).toBe(0);
  });

  it("the time that was agreed to is over: a grant never lasts longer than what was shown", async () => {
    const { owner, input } = await start();
    const { authorizeUrl } = await lendSeparately(owner, { ...input, lifetime: 30 }, BROWSER);
    const callbackUrl = await consentAs(authorizeUrl, "ada");
    here.core.clock.advance({ seconds: 31 });
    const come = finishWalk(owner, { connector: "demo-board", callbackUrl, browserSecret: BROWSER });
    expect(await refusalOf(come)).toMatchObject({ code: "conflict", reason: "grant_ended" });
  });
});

describe("the consent of one grant", () => {
  it("is no account: not listed, not read, not disconnected, not lent from, and never one too many", async () => {
    const { owner, connectionId, consentId, bot, grantId } = await lendOnBoard(here);
    expect(await listConnections(owner)).toMatchObject([{ id: connectionId, liveGrants: 1 }]);
    expect(await refusalOf(getConnection(owner, { connectionId: consentId }))).toMatchObject({ code: "not_found" });
    expect(await refusalOf(disconnectConnection(owner, { connectionId: consentId }))).toMatchObject({ code: "not_found" });
    const again = { scopes: ["issues:read"], lifetime: "1h" as const, agentId: bot.agentId, connectionId: consentId };
    expect(await refusalOf(mintGrant(owner, again))).toMatchObject({ code: "not_found" });
    expect(await refusalOf(previewSeparately(owner, again))).toMatchObject({ code: "not_found" });
    expect(await refusalOf(ownLiveConnection(here.core, owner.actor.personId, null, consentId))).toMatchObject({ code: "not_found" });
    expect((await ownLiveConnection(here.core, owner.actor.personId, "demo-board", null)).id).toBe(connectionId);
    expect(await listGrants(owner, { connectionId })).toMatchObject([{ id: grantId, connectionId }]);
    const { rows } = await listActivity(owner, { connectionId });
    expect(rows.map(({ event }) => event)).toContain("grant.mint");
  });

  it("is not what a second walk to the same account renews", async () => {
    const { owner, connectionId, consentId } = await lendOnBoard(here);
    const before = await record(consentId);
    expect(await connect(owner, { connector: "demo-board" })).toBe(connectionId);
    expect(await record(consentId)).toEqual(before);
  });

  it("is reconnected for what was lent and nothing else, and keeps its place", async () => {
    const { owner, connectionId, consentId, grantId, bot } = await lendOnBoard(here);
    here.saas.control.withdraw("ada", "valet");
    expect(await (await exchangeGrant(here.core, { bot, grantId })).json()).toMatchObject({ error: "interaction_required" });
    const blocked = await getGrant(owner, { grantId });
    expect(blocked).toMatchObject({ state: "blocked", separateConsent: { status: "needs_reconnect" } });
    await connect(owner, { connector: "demo-board", connectionId: consentId, scopes: ["admin"] });
    expect(await record(consentId)).toMatchObject({ status: "active", parentId: connectionId, providerScopes: LENT });
    expect(await getGrant(owner, { grantId })).toMatchObject({ state: "live", narrowedBy: "consent" });
    expect(await accessToken(here.core, { bot, grantId })).toMatch(/^saas_/);
  });

  it("is refused where the SaaS can cut a token itself, and where nothing is to be cut", async () => {
    const owner = await person(here.core);
    const bot = await agent(here.core, owner);
    const connectionId = await connect(owner);
    const input = { scopes: ["issues:read"], lifetime: "1h" as const, agentId: bot.agentId, connectionId };
    const { result, left } = await watchRows(here.core, () => refusalOf(lendSeparately(owner, input, BROWSER)));
    expect(result).toMatchObject({ code: "invalid_request", reason: "separate_consent_not_possible" });
    expect(left).toMatchObject([{ event: "grant.mint", decision: "refused", reason: "separate_consent_not_possible" }]);
    expect(await refusalOf(lendSeparately(await person(here.core), input, BROWSER))).toMatchObject({ code: "not_found" });
  });
});
