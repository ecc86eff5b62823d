import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { github } from "../connectors/github";
import { githubAppInstallation } from "../connectors/githubAppInstallation";
import { githubAppUser } from "../connectors/githubAppUser";
import { linear } from "../connectors/linear";
import { connectors } from "../connectors/registry";
import { slack } from "../connectors/slack";
import type { Refusal } from "../errors";
import { refusalOf } from "../testing/refusal";
import { type Bounds, boundableScopes, boundsWithin, checkBounds, heldBySaas, readBounds } from "./bounds";
import { phraseBounds, phraseRules } from "./boundWords";
import { compileGrant } from "./compile";
import { decideCall } from "./decide";

const check = (...given: Parameters<typeof checkBounds>) => refusalOf(async () => checkBounds(...given));

describe("bounds that are asked for", () => {
  it("are kept as they are, each name once, and nothing is null", () => {
    expect(
      checkBounds(github, ["issues:read"], { resources: { repository: ["acme/site", "ACME/Site", "acme/docs"] }, callsPerHour: 5 }),
    ).toEqual({
      resources: { repository: ["ACME/Site", "acme/docs"] },
      callsPerHour: 5,
    });
    expect(checkBounds(github, ["issues:read"], undefined)).toBeNull();
    expect(checkBounds(github, ["issues:read"], {})).toBeNull();
    expect(checkBounds(linear, ["write"], { writesPerRun: 0 })).toEqual({ writesPerRun: 0 });
  });

  it("are refused by the field that is wrong, with what to do", async () => {
    expect(await check(linear, ["read"], { resources: { team: ["x"] } })).toMatchObject({
      code: "invalid_request",
      reason: "resource_kind_unknown",
      message: "Valet cannot keep an agent to single things of this kind at Linear. Leave the bound out, and lend fewer permissions.",
      fields: { "bounds.resources": expect.stringContaining("Leave the bound out") },
    });
    expect(await check(github, ["issues:read"], { resources: { repo: ["acme/site"] } })).toMatchObject({
      reason: "resource_kind_unknown",
      message: expect.stringContaining("Bounds here are by repository."),
    });
    expect(
      await check(github, ["issues:read"], { resources: { repository: ["acme/site", "https://github.com/acme/docs"] } }),
    ).toMatchObject({
      reason: "resource_name",
      message: "Number 2 is not written as acme/site. Write it so.",
      fields: { "bounds.resources.repository": "Number 2 is not written as acme/site. Write it so." },
    });
    expect(await check(github, ["read:user"], { resources: { repository: ["acme/site"] } })).toMatchObject({
      reason: "resource_without_scope",
    });
  });

  it("are refused with a permission whose calls do not say what they are about", async () => {
    for (const scopes of [["issues:read", "graphql:read"], ["graphql:read"], ["issues:read", "read:org"]])
      expect(await check(github, scopes, { resources: { repository: ["acme/site"] } })).toMatchObject({
        code: "invalid_scope",
        reason: "scope_not_enforceable",
        next: "Leave that permission out, or leave the bound out.",
      });
    expect(await check(slack, ["search:read", "channels:read"], { resources: { channel: ["C024BE91L"] } })).toMatchObject({
      message: '"Search everything you can see" cannot be kept to this: its calls do not say which channel they are about.',
    });
  });
});

describe("a bounded grant", () => {
  it("goes through the gateway alone, and says that Valet holds it, where the SaaS would have held the scopes", () => {
    const held = ["issues:read", "issues:write"];
    expect(compileGrant(demo, held, ["issues:read"])).toMatchObject({ narrowedBy: "provider", delivery: "direct" });
    expect(compileGrant(demo, held, ["issues:read"], undefined, { callsPerHour: 5 })).toMatchObject({
      narrowedBy: "gateway",
      delivery: "gateway",
      directPossible: false,
      whyNotDirect: "Only Valet can keep an agent to these bounds, so no token of Demo Tracker is handed out.",
      why: "Valet's gateway enforces this: it checks every call, and the agent never holds a token of Demo Tracker.",
    });
  });

  it("is refused as a token in the agent's hands", async () => {
    expect(await refusalOf(async () => compileGrant(demo, ["issues:read"], ["issues:read"], "direct", { writesPerRun: 1 }))).toMatchObject({
      reason: "direct_not_possible",
    });
  });

  it("is said in plain words, with all that it is for", () => {
    expect(phraseBounds({ resources: { repository: ["acme/site", "acme/docs"] }, callsPerHour: 1000, writesPerRun: 1 })).toEqual([
      "Only repository acme/site and acme/docs",
      "At most 1,000 calls in an hour",
      "At most 1 change in a run",
    ]);
    expect(phraseBounds({ writesPerRun: 0 })).toEqual(["No change in any run"]);
    expect(
      phraseRules(github, ["issues:comment", "issues:read", "read:user"], { resources: { repository: ["acme/site"] }, callsPerHour: 5 }),
    ).toEqual([
      "Read your profile",
      "Comment on issues and pull requests, only repository acme/site",
      "At most 5 calls in an hour",
      "Everything else is refused",
    ]);
  });

  it("that cannot be read is not taken for one without bounds", () => {
    expect(readBounds(null)).toBeNull();
    for (const kept of [{ resources: { issue: [] } }, { callsPerHour: "5" }, { other: 1 }, "x", []])
      expect(() => readBounds(kept)).toThrow();
  });
});

const names = fc.uniqueArray(fc.constantFrom("1", "2", "3", "4"), { minLength: 1, maxLength: 4 });
const someBounds: fc.Arbitrary<Bounds | null> = fc.option(
  fc.record(
    {
      resources: names.map((issue) => ({ issue })),
      callsPerHour: fc.integer({ min: 1, max: 4 }),
      writesPerRun: fc.integer({ min: 0, max: 3 }),
    },
    { requiredKeys: [] },
  ),
);

describe("bounds within bounds", () => {
  it("allow nothing that the others refuse", () => {
    fc.assert(
      fc.property(someBounds, someBounds, fc.constantFrom("1", "2", "3", "4", "5"), fc.nat(5), (inner, outer, issue, count) => {
        if (!boundsWithin(demo, inner, outer)) return;
        const opens = (bounds: Bounds | null) =>
          decideCall(demo, ["issues:read"], { method: "GET", path: `/api/issues/${issue}` }, bounds).verdict === "allow";
        if (opens(inner)) expect(opens(outer)).toBe(true);
        for (const limit of ["callsPerHour", "writesPerRun"] as const)
          if (count <= (inner?.[limit] ?? Number.POSITIVE_INFINITY))
            expect(count <= (outer?.[limit] ?? Number.POSITIVE_INFINITY)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it("are so of themselves, of none, and through others", () => {
    fc.assert(
      fc.property(someBounds, someBounds, someBounds, (one, two, three) => {
        expect(boundsWithin(demo, one, one)).toBe(true);
        expect(boundsWithin(demo, one, null)).toBe(true);
        if (boundsWithin(demo, one, two) && boundsWithin(demo, two, three)) expect(boundsWithin(demo, one, three)).toBe(true);
        if (boundsWithin(demo, null, two)) expect(Object.keys(two ?? {})).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("bounds that the SaaS itself holds", () => {
  const repository = { resources: { repository: ["acme/site"] } };
  const lent = (connector: Connector, bounds: Bounds) => {
    const { delivery, narrowedBy } = compileGrant(connector, ["issues:read", "issues:write"], ["issues:read"], undefined, bounds);
    return [heldBySaas(connector, bounds), delivery, narrowedBy];
  };

  it("are the repositories of a GitHub App's installation alone: then its own token is handed out", () => {
    expect(lent(githubAppInstallation, repository)).toEqual([true, "direct", "provider"]);
    expect(heldBySaas(github, null)).toBe(true);
  });

  it("are no limits, nothing beside repositories, and none anywhere else: those go through the gateway", () => {
    for (const more of [{ callsPerHour: 5 }, { writesPerRun: 0 }])
      expect(lent(githubAppInstallation, { ...repository, ...more })).toEqual([false, "gateway", "gateway"]);
    expect(lent(githubAppInstallation, { callsPerHour: 5 })).toEqual([false, "gateway", "gateway"]);
    expect(heldBySaas(githubAppInstallation, { resources: { repository: ["acme/site"], other: ["x"] } })).toBe(false);
    expect([github, githubAppUser, demo].map((connector) => heldBySaas(connector, repository))).toEqual([false, false, false]);
  });
});

describe("the scopes that can be kept to single things", () => {
  it.each(connectors.filter(({ resources }) => resources?.length).map((one) => [one.id, one] as const))(
    "are those at %s that minting does not refuse, alone and together",
    (_id, connector) => {
      const names = connector.scopes.map(({ name }) => name);
      for (const { id, governs, example } of connector.resources ?? []) {
        const boundable = boundableScopes(connector, names, [id]);
        const refused = (scopes: readonly string[]) => {
          try {
            checkBounds(connector, scopes, { resources: { [id]: [example] } });
            return false;
          } catch (error) {
            return (error as Refusal).reason === "scope_not_enforceable";
          }
        };
        expect(governs.length).toBeGreaterThan(0);
        for (const name of names) expect([name, boundable.includes(name)]).toEqual([name, !refused([name])]);
        expect(refused(boundable)).toBe(false);
      }
    },
  );
});
