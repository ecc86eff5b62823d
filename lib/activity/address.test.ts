import { describe, expect, it } from "vitest";
import { queryOf, readFilter, tidyQuery } from "./address";

const now = new Date("2026-11-25T10:00:00Z");
const member = { mayAskEveryone: false, now };
const admin = { mayAskEveryone: true, now };

describe("the filters in the address of Activity", () => {
  it("ask the verb for what the address says, and come back in every link", () => {
    const { shown, asked } = readFilter({ acting: "agent", agent: "agt_1", decision: "refused", run: "r-1", text: " issues " }, member);
    expect(asked).toEqual({ acting: "agent", agentId: "agt_1", decision: "refused", runId: "r-1", text: "issues" });
    expect(queryOf(shown, { row: "use_1" })).toBe("text=issues&acting=agent&decision=refused&agent=agt_1&run=r-1&row=use_1");
  });

  it("leave out what is empty, doubled or makes no sense", () => {
    const search = {
      acting: "robot",
      event: "",
      decision: ["allowed", "refused"],
      from: "yesterday",
      to: "2026-13-40",
      since: "2y",
      text: " ",
    };
    expect(readFilter(search, admin)).toEqual({ shown: {}, asked: {} });
    expect(readFilter({ from: "0001-01-01", since: "toString" }, admin).asked).toEqual({});
  });

  it("take a day through its end, and a time without a zone as UTC", () => {
    expect(readFilter({ to: "2026-11-22" }, member).asked).toEqual({ to: "2026-11-23T00:00:00.000Z" });
    expect(readFilter({ from: "2026-11-22T09:30" }, member)).toEqual({
      shown: { from: "2026-11-22T09:30Z" },
      asked: { from: "2026-11-22T09:30:00.000Z" },
    });
    expect(readFilter({ to: "2026-11-22T09:30:05.000Z" }, member).shown).toEqual({ to: "2026-11-22T09:30:05Z" });
  });

  it("take a span as the time up to now, unless an end is fixed", () => {
    expect(readFilter({ since: "24h" }, member)).toEqual({ shown: { since: "24h" }, asked: { from: "2026-11-24T10:00:00.000Z" } });
    expect(readFilter({ since: "24h", to: "2026-11-22" }, member).shown).toEqual({ to: "2026-11-22" });
  });

  it("ask for everyone's only where the reader may", () => {
    expect(readFilter({ everyone: "1" }, member).asked).toEqual({});
    expect(readFilter({ everyone: "1" }, admin).asked).toEqual({ everyone: true });
  });

  it("are all that is kept of a query, in one order", () => {
    const query = "row=use_1&live=1&decision=refused&cursor=x&acting=agent&__proto__=1&next=https://evil.example&everyone=1";
    expect(tidyQuery(query, member)).toBe("acting=agent&decision=refused");
    expect(tidyQuery(`?${query}`, admin)).toBe("acting=agent&decision=refused&everyone=1");
  });
});
