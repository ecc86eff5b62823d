import { describe, expect, it } from "vitest";
import { activityPath, readFilter } from "./filter";

describe("the filters in the address of Activity", () => {
  it("ask the verb for what the address says, and come back in every link", () => {
    const { shown, asked } = readFilter({ acting: "agent", agent: "agt_1", decision: "refused", run: "r-1" }, false);
    expect(asked).toEqual({ acting: "agent", agentId: "agt_1", decision: "refused", runId: "r-1" });
    expect(activityPath(shown, { row: "use_1" })).toBe("/activity?acting=agent&decision=refused&agent=agt_1&run=r-1&row=use_1");
  });

  it("leave out what is empty, doubled or makes no sense", () => {
    expect(readFilter({ acting: "robot", event: "", decision: ["allowed", "refused"], from: "yesterday" }, true).asked).toEqual({});
  });

  it("take a day through its end", () => {
    expect(readFilter({ to: "2026-11-22" }, false).asked).toEqual({ to: "2026-11-23T00:00:00.000Z" });
  });

  it("ask for everyone's only where the reader may", () => {
    expect(readFilter({ everyone: "1" }, false).asked).toEqual({});
    expect(readFilter({ everyone: "1" }, true).asked).toEqual({ everyone: true });
  });
});
