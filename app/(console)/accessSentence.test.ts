import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessSentence } from "./accessSentence";

const read = (agentId: string, connectorName = "GitHub") => ({ agentId, connectorName, access: "read" as const });
const write = (agentId: string, connectorName = "GitHub") => ({ agentId, connectorName, access: "write" as const });

describe("the sentence on the home page", () => {
  it("says that nobody can act when nothing is lent", () => {
    expect(accessSentence([])).toBe("No agent can act as you right now.");
  });

  it("tells readers from writers and names where they write", () => {
    expect(accessSentence([read("a"), read("b"), write("c")])).toBe("3 agents can act as you: 2 read-only, 1 can write to GitHub.");
    expect(accessSentence([read("a"), read("a", "Slack")])).toBe("1 agent can act as you, read-only.");
    expect(accessSentence([read("a"), read("b")])).toBe("2 agents can act as you, all read-only.");
    expect(accessSentence([write("a", "Slack"), write("a")])).toBe("1 agent can act as you and can write to GitHub and Slack.");
  });

  it("counts an agent that reads here and writes there as one that writes", () => {
    expect(accessSentence([read("a"), write("a", "Slack")])).toBe("1 agent can act as you and can write to Slack.");
  });

  it("never says read-only of everybody while one grant does more", () => {
    const grant = fc.record({
      agentId: fc.constantFrom("a", "b", "c"),
      connectorName: fc.constantFrom("GitHub", "Slack"),
      access: fc.constantFrom("read", "write", "admin"),
    });
    fc.assert(
      fc.property(fc.array(grant), (grants) => {
        const sentence = accessSentence(grants as Parameters<typeof accessSentence>[0]);
        const wide = grants.some((one) => one.access !== "read");
        expect(sentence.includes("can write to")).toBe(wide);
        for (const one of grants) if (one.access !== "read") expect(sentence).toContain(one.connectorName);
      }),
    );
  });
});
