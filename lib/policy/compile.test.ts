import { describe, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { github } from "../connectors/github";
import { google } from "../connectors/google";
import { linear } from "../connectors/linear";
import { microsoft } from "../connectors/microsoft";
import { slack } from "../connectors/slack";
import { Refusal } from "../errors";
import { compileGrant, refuseInseparable } from "./compile";

const AUTH = "https://www.googleapis.com/auth";
/** A SaaS that narrows only by what was consented to. */
const consenting: Connector = { ...demo, tokens: { ...demo.tokens, narrowing: { how: "none" } } };

function refusalOf(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("the strongest way to narrow", () => {
  it("is the SaaS itself, where it makes narrower tokens and granted these scopes by name", () => {
    expect(compileGrant(demo, ["issues:read", "issues:write"], ["issues:read"])).toEqual({
      scopes: ["issues:read"],
      narrowedBy: "provider",
      delivery: "direct",
      why: "Demo Tracker enforces this: Valet has it make a token with only these permissions, and the agent holds that token for at most an hour.",
      providerScopes: ["issues:read"],
      directPossible: true,
    });
  });

  it("asks the SaaS for all within the lent scopes that it granted, so that the token can what the agent was told", () => {
    const granted = [`${AUTH}/gmail.readonly`, `${AUTH}/gmail.modify`, `${AUTH}/drive.readonly`];
    expect(compileGrant(google, granted, [`${AUTH}/gmail.modify`]).providerScopes).toEqual(granted.slice(0, 2));
  });

  it("is the gateway for what the SaaS did not grant by name: it need not know one scope is within another", () => {
    const plan = compileGrant(google, [`${AUTH}/gmail.modify`], [`${AUTH}/gmail.readonly`]);
    expect(plan).toMatchObject({ narrowedBy: "gateway", delivery: "gateway", directPossible: false });
  });

  it("is the gateway for a scope that only Valet has", () => {
    expect(compileGrant(demo, ["issues:read", "issues:write"], ["issues:read", "issues:comment"])).toEqual({
      scopes: ["issues:read", "issues:comment"],
      narrowedBy: "gateway",
      delivery: "gateway",
      why: "Valet's gateway enforces this: it checks every call, and the agent never holds a token of Demo Tracker.",
      providerScopes: null,
      directPossible: false,
      whyNotDirect: "Demo Tracker has no token this narrow: the account's own can do more, so it never leaves Valet.",
    });
  });

  it("is the consent, where it was no wider than what is lent", () => {
    expect(compileGrant(consenting, ["issues:read", "profile:read"], ["profile:read", "issues:read"])).toMatchObject({
      narrowedBy: "consent",
      delivery: "direct",
      why: "Demo Tracker enforces this: these are all the permissions you gave on connecting, and the agent holds that token for at most an hour.",
    });
    const whole: Connector = { ...google, tokens: consenting.tokens };
    expect(compileGrant(whole, [`${AUTH}/gmail.readonly`, `${AUTH}/gmail.modify`], [`${AUTH}/gmail.modify`]).narrowedBy).toBe("consent");
  });

  it("is not the consent, where anything more was granted, also what Valet does not know", () => {
    expect(compileGrant(consenting, ["issues:read", "profile:read"], ["issues:read"]).narrowedBy).toBe("gateway");
    expect(compileGrant(consenting, ["issues:read", "teams:read"], ["issues:read"]).narrowedBy).toBe("gateway");
  });

  it("does not count what the protocol itself needs", () => {
    expect(compileGrant(microsoft, ["openid", "profile", "email", "User.Read"], ["User.Read"]).narrowedBy).toBe("consent");
  });
});

describe("delivery", () => {
  it("goes through the gateway whenever that is wished for", () => {
    expect(compileGrant(demo, ["issues:read", "files:read"], ["issues:read"], "gateway")).toMatchObject({
      narrowedBy: "provider",
      delivery: "gateway",
      directPossible: true,
      why: "Demo Tracker enforces this: Valet has it make a token with only these permissions. Valet's gateway checks every call as well, and the agent never holds a token.",
    });
  });

  it("hands out no token without an end, or longer than an hour, or that the next refresh kills, or that cannot be renewed", () => {
    const tokens = demo.tokens;
    const cases: [Partial<Connector["tokens"]>, string][] = [
      [{ accessSeconds: null }, "Demo Tracker gives tokens without an end, so the account's own never leaves Valet."],
      [{ accessSeconds: 3601 }, "A token of Demo Tracker lives longer than an hour, so it never leaves Valet."],
      [{ refresh: "none" }, "Demo Tracker gives no refresh token: the one token of this connection never leaves Valet."],
      [
        { refreshKillsAccess: true },
        "Demo Tracker ends a token with the next refresh, so one that was handed out would stop working early.",
      ],
    ];
    for (const [odd, whyNotDirect] of cases)
      expect(compileGrant({ ...demo, tokens: { ...tokens, ...odd } }, ["issues:read"], ["issues:read"])).toMatchObject({
        delivery: "gateway",
        directPossible: false,
        whyNotDirect,
      });
    expect(compileGrant({ ...demo, tokens: { ...tokens, accessSeconds: 3600 } }, ["issues:read"], ["issues:read"]).delivery).toBe("direct");
  });

  it("refuses a wish for the token where it cannot be handed out, with the reason", () => {
    expect(refusalOf(() => compileGrant(github, ["repo"], ["repo:read"], "direct"))).toMatchObject({
      code: "invalid_request",
      reason: "direct_not_possible",
      message: "GitHub has no token this narrow: the account's own can do more, so it never leaves Valet.",
    });
  });

  it("is by gateway alone at GitHub, Slack, Linear and Microsoft, whatever is lent", () => {
    expect(compileGrant(github, ["read:user"], ["read:user"])).toMatchObject({ narrowedBy: "consent", delivery: "gateway" });
    expect(compileGrant(slack, ["users:read"], ["users:read"])).toMatchObject({ narrowedBy: "consent", delivery: "gateway" });
    expect(compileGrant(linear, ["read", "write"], ["read"])).toMatchObject({ narrowedBy: "gateway", delivery: "gateway" });
    expect(compileGrant(microsoft, ["Mail.Read", "Mail.Send"], ["Mail.Read"])).toMatchObject({
      narrowedBy: "gateway",
      delivery: "gateway",
    });
  });

  it("is direct at Google for scopes that Google granted", () => {
    const granted = ["openid", "email", `${AUTH}/gmail.modify`, `${AUTH}/drive.readonly`];
    expect(compileGrant(google, granted, [`${AUTH}/drive.readonly`])).toMatchObject({
      narrowedBy: "provider",
      delivery: "direct",
      providerScopes: [`${AUTH}/drive.readonly`],
    });
    expect(compileGrant(google, granted, [`${AUTH}/gmail.readonly`])).toMatchObject({ narrowedBy: "gateway", delivery: "gateway" });
  });
});

describe("what nobody could enforce", () => {
  it("is refused: channels without the direct messages that come through the same call", () => {
    const granted = ["channels:history", "im:history"];
    expect(refusalOf(() => compileGrant(slack, granted, ["channels:history"]))).toMatchObject({
      code: "invalid_scope",
      reason: "scope_not_enforceable",
      message:
        'Slack answers "channels:history" and "im:history" through the same requests, so Valet\'s gateway could not keep this agent from "im:history".',
    });
    expect(compileGrant(slack, granted, granted).delivery).toBe("gateway");
    expect(compileGrant(slack, ["channels:history"], ["channels:history"]).delivery).toBe("gateway");
  });

  it("is refused also where it hides within what was asked", () => {
    expect(refusalOf(() => compileGrant(github, ["repo", "workflow"], ["repo"])).message).toContain('"workflow"');
    expect(compileGrant(github, ["repo", "workflow"], ["repo:read"]).delivery).toBe("gateway");
    expect(refusalOf(() => compileGrant(github, ["repo", "public_repo"], ["public_repo"])).reason).toBe("scope_not_enforceable");
  });

  it("may be lent where the SaaS cuts the token, but not through the gateway", () => {
    const granted = [`${AUTH}/drive.file`, `${AUTH}/drive`];
    expect(compileGrant(google, granted, [`${AUTH}/drive.file`]).delivery).toBe("direct");
    expect(refusalOf(() => compileGrant(google, granted, [`${AUTH}/drive.file`], "gateway")).reason).toBe("scope_not_enforceable");
  });

  it("is found again on use, when a reconnect has widened the token", () => {
    expect(() => refuseInseparable(slack, ["channels:history"], ["channels:history"])).not.toThrow();
    expect(refusalOf(() => refuseInseparable(slack, ["channels:history", "groups:history"], ["channels:history"])).reason).toBe(
      "scope_not_enforceable",
    );
  });
});

it("refuses what is beyond the connection before anything else", () => {
  expect(refusalOf(() => compileGrant(demo, ["issues:read"], ["issues:write"], "direct"))).toMatchObject({
    code: "invalid_scope",
    reason: "scope_beyond_connection",
  });
  expect(refusalOf(() => compileGrant(demo, ["issues:read"], []))).toMatchObject({ code: "invalid_scope", reason: "scope_missing" });
});
