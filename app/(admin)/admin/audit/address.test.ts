import { expect, test } from "vitest";
import { auditPath, readAudit } from "./address";

const NOW = new Date("2026-03-02T09:00:00Z");

test("whose hand it was in, what it was about and when are read from the address, and written into it again", () => {
  const search = { about: "grant", by: "per_ada", text: " bot ", decision: "refused", since: "24h", cursor: "x.chg_1" };
  const { shown, activity, asked } = readAudit(search, NOW);
  expect(shown).toEqual({ about: "grant", by: "per_ada", text: "bot", decision: "refused", since: "24h" });
  expect(asked).toEqual({
    ...{ kind: "change", everyone: true, noun: "grant", acting: "person", personId: "per_ada", text: "bot", decision: "refused" },
    ...{ from: "2026-03-01T09:00:00.000Z", cursor: "x.chg_1" },
  });
  expect(activity).toMatchObject({ kind: "change", everyone: "1", noun: "grant", acting: "person", person: "per_ada" });
  expect(auditPath(shown, { cursor: "next" })).toBe("/admin/audit?about=grant&by=per_ada&text=bot&decision=refused&since=24h&cursor=next");
  expect(readAudit(Object.fromEntries(new URLSearchParams(auditPath(shown).split("?")[1])), NOW).shown).toEqual(shown);
});

test.each([
  ["agt_bot", { acting: "agent", agentId: "agt_bot" }],
  ["valet", { acting: "system" }],
])("%s is a hand too", (by, asked) => {
  expect(readAudit({ by }, NOW)).toEqual({
    shown: { by },
    activity: expect.objectContaining({ everyone: "1" }),
    asked: { kind: "change", everyone: true, ...asked },
  });
});

test.each([
  [{ about: "nothing" }],
  [{ by: "somebody" }],
  [{ by: ["per_a", "per_b"] }],
  [{ by: `per_${"x".repeat(60)}` }],
  [{ decision: "maybe", since: "5y", from: "yesterday" }],
  [{ kind: "use", everyone: "0", person: "per_x", acting: "agent" }],
])("what makes no sense, or is not the page's, filters by nothing: %j", (search) => {
  expect(readAudit(search, NOW)).toMatchObject({ shown: {}, asked: { kind: "change", everyone: true } });
  expect(Object.keys(readAudit(search, NOW).asked)).toEqual(["kind", "everyone"]);
  expect(auditPath(readAudit(search, NOW).shown)).toBe("/admin/audit");
});
