import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ZodError } from "zod";
import { pauseAgent } from "../agents/status";
import { disconnectConnection } from "../connections/disconnect";
import { accountAccess } from "../connections/refresh";
import type { PersonCtx } from "../ctx";
import { suspendPerson } from "../people/status";
import { connect, type World, watchRows, world } from "../testing/builders";
import { agent, person, type SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { getGrant } from "./list";
import { mintGrant } from "./mint";
import { type MintInput, previewGrant } from "./preview";

let here: World;
let ada: PersonCtx;
let bot: SeededAgent;
let connectionId: string;
beforeAll(async () => {
  here = await world();
  ada = await person(here.core);
  bot = await agent(here.core, ada, { name: "Triage bot" });
  connectionId = await connect(ada);
});
afterAll(() => here.close());

const mint = (input: Partial<MintInput> = {}, ctx = ada) =>
  mintGrant(ctx, { agentId: bot.agentId, connectionId, lifetime: "8h", ...input } as MintInput);
const grantCount = () => here.core.db.grant.count();

describe("a person who lends a part of their account", () => {
  it("gives every read and no write unless they chose otherwise", async () => {
    const { grantId } = await mint();
    const grant = await getGrant(ada, { grantId });
    expect(grant.scopes).toEqual(["profile:read", "issues:read", "files:read"]);
    expect(grant).toMatchObject({ access: "read", narrowedBy: "provider", delivery: "direct", state: "live" });
  });

  it("keeps word for word what they were shown, who they were and when", async () => {
    const input = { agentId: bot.agentId, connectionId, scopes: ["issues:read", "issues:comment"], lifetime: "1h" as const };
    const shown = await previewGrant(ada, input);
    expect(shown).toEqual({
      agentName: "Triage bot",
      agentPurpose: "Sorts new issues",
      agentOwnerName: "Ada Lovelace",
      connectorName: "Demo Tracker",
      accountName: "ada",
      held: 6,
      given: 2,
      sentence: "You have 6 permissions here, this agent gets 2.",
      access: "write",
      permissions: [
        { name: "issues:read", label: "Read issues", access: "read" },
        { name: "issues:comment", label: "Comment on issues", access: "write" },
      ],
      bounds: [],
      narrowedBy: "gateway",
      delivery: "gateway",
      directPossible: false,
      whyNotDirect: "Demo Tracker has no token this narrow: the account's own can do more, so it never leaves Valet.",
      enforcement: "Valet's gateway enforces this: it checks every call, and the agent never holds a token of Demo Tracker.",
      separateConsent: null,
      expiresAt: new Date(here.core.clock.now().getTime() + 3_600_000),
      pattern: "delegated",
      authority: "Triage bot acts on your authority: the record names you, and the agent as the hand.",
    });
    const { result, left } = await watchRows(here.core, () => mintGrant(ada, input));
    const { consent } = await getGrant(ada, result);
    expect(consent).toEqual({
      shown: JSON.parse(JSON.stringify(shown)),
      agreedBy: { personId: ada.actor.personId, name: "Ada Lovelace", via: "browser" },
      agreedAt: here.core.clock.now().toISOString(),
    });
    const ids = { personId: ada.actor.personId, ownerId: ada.actor.personId, agentId: bot.agentId, connectionId, grantId: result.grantId };
    expect(left).toMatchObject([
      {
        event: "grant.mint",
        acting: "person",
        ...ids,
        decision: "allowed",
        target: "Demo Tracker (ada) to Triage bot",
        scopes: input.scopes,
      },
    ]);
  });

  it("may choose seconds, and the end is exactly then", async () => {
    const { expiresAt, grantId } = await mint({ lifetime: 90 });
    expect(expiresAt).toEqual(new Date(here.core.clock.now().getTime() + 90_000));
    expect((await getGrant(ada, { grantId })).expiresAt).toEqual(expiresAt);
  });

  it("may lend to somebody else's agent, which is named with its owner", async () => {
    const theirs = await agent(here.core, await person(here.core, { name: "Linus T" }), { name: "Release bot" });
    expect(await previewGrant(ada, { agentId: theirs.agentId, connectionId, lifetime: "1h" })).toMatchObject({
      agentName: "Release bot",
      agentOwnerName: "Linus T",
    });
  });
});

describe("nothing is lent", () => {
  const refused = async (work: () => Promise<unknown>, by = ada) => {
    const before = await grantCount();
    const { result, left } = await watchRows(here.core, () => refusalOf(work));
    expect(await grantCount()).toBe(before);
    expect(left.filter((row) => row.event === "grant.mint")).toMatchObject([
      { acting: "person", personId: by.actor.personId, decision: "refused", reason: result.reason, reasonText: result.message },
    ]);
    const { code, reason, message } = result;
    return { code, reason, message };
  };

  it("beyond what the connection holds", async () => {
    const holds = "It holds: profile:read, issues:read, files:read, issues:comment, issues:write, files:write.";
    expect(await refused(() => mint({ scopes: ["issues:read", "admin"] }))).toEqual({
      code: "invalid_scope",
      reason: "scope_beyond_connection",
      message: `This connection does not hold "admin". ${holds}`,
    });
    for (const odd of ["repo", "*", "ISSUES:READ", "issues:read issues:write", "issues:read ", "іssues:read", "__proto__"]) {
      expect(await refused(() => mint({ scopes: [odd] }))).toMatchObject({ code: "invalid_scope", reason: "scope_unknown" });
    }
  });

  it("from somebody else's connection, in the words of one that is not there", async () => {
    const linus = await person(here.core);
    const words = { code: "not_found", reason: "not_found", message: "There is no such connection, or it is not yours." };
    expect(await refused(() => mint({}, linus), linus)).toEqual(words);
    expect(await refused(() => mint({}, here.admin), here.admin)).toEqual(words);
    expect(await refused(() => mint({ connectionId: "con_01kjpt2v000000000000000000" }))).toEqual(words);
    expect(await refused(() => mint({ connectionId: "' or 1=1 --" }))).toEqual(words);
  });

  it("to an agent that is paused, unknown, or whose owner is suspended", async () => {
    const owner = await person(here.core);
    const { agentId } = await agent(here.core, owner, { name: "Idle bot" });
    await pauseAgent(owner, { agentId });
    expect(await refused(() => mint({ agentId }))).toEqual({
      code: "conflict",
      reason: "agent_paused",
      message: "Idle bot is paused. Its owner has to resume it first.",
    });
    const unknown = { code: "not_found", reason: "not_found", message: "There is no such agent, or it is not yours." };
    expect(await refused(() => mint({ agentId: "agt_01kjpt2v000000000000000000" }))).toEqual(unknown);
    await suspendPerson(here.admin, { personId: owner.actor.personId });
    expect(await refused(() => mint({ agentId }))).toEqual(unknown);
  });

  it("on an account that was disconnected or needs its person", async () => {
    const linus = await person(here.core);
    const theirs = { connectionId: await connect(linus, { login: "linus" }) };
    here.core.clock.advance({ minutes: 20 });
    here.saas.control.withdraw("linus");
    await refusalOf(accountAccess(here.core, theirs.connectionId));
    expect(await refused(() => mint(theirs, linus), linus)).toEqual({
      code: "interaction_required",
      reason: "connection_needs_reconnect",
      message: "Reconnect this account first: its access has ended.",
    });
    await disconnectConnection(linus, theirs);
    expect(await refused(() => mint(theirs, linus), linus)).toMatchObject({ code: "not_found" });
  });

  it("as a token in the agent's hands when nobody makes one that narrow", async () => {
    expect(await refused(() => mint({ scopes: ["issues:comment"], delivery: "direct" }))).toEqual({
      code: "invalid_request",
      reason: "direct_not_possible",
      message: "Demo Tracker has no token this narrow: the account's own can do more, so it never leaves Valet.",
    });
  });

  it.each([
    ["without an end", { lifetime: undefined }],
    ["for ever", { lifetime: "forever" }],
    ["for longer than 30 days", { lifetime: 30 * 86_400 + 1 }],
    ["for no time", { lifetime: 0 }],
    ["for a negative time", { lifetime: -1 }],
    ["for a fraction", { lifetime: 1.5 }],
    ["for infinity", { lifetime: Number.POSITIVE_INFINITY }],
    ["with no permission at all", { scopes: [] }],
    ["with an end of its own choosing", { expiresAt: "2099-01-01T00:00:00Z" }],
    ["in another person's name", { personId: "per_01kjpt2v000000000000000000" }],
    ["already narrowed", { narrowedBy: "provider" }],
    ["with a pattern of its own", { pattern: "self" }],
  ])("%s", async (_what, odd) => {
    const before = await grantCount();
    await expect(mint(odd as Partial<MintInput>)).rejects.toBeInstanceOf(ZodError);
    expect(await grantCount()).toBe(before);
  });
});
