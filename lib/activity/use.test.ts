import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Refusal } from "../errors";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { recordUse } from "./use";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

const about = { event: "token.exchange" as const, target: "Access token" };

describe("a use", () => {
  it("that fails by a fault of ours leaves a row that says so, and the fault passes on unchanged", async () => {
    const { personId } = (await person(core)).actor;
    const fault = new Error("a bug");
    const attempt = recordUse(core, about, async (use) => {
      Object.assign(use.row, { acting: "person", personId, ownerId: personId });
      throw fault;
    });
    await expect(attempt).rejects.toBe(fault);
    const row = (await rows(core)).find((one) => one.personId === personId);
    expect(row).toMatchObject({ decision: "refused", reason: "server_error", reasonText: "Something went wrong here." });
  });

  it("by nobody in particular leaves no row, and one line in the log without what was shown", async () => {
    const before = (await rows(core)).length;
    const attempt = recordUse(core, about, async () => {
      throw new Refusal("invalid_client", "The agent could not be proved.");
    });
    await expect(attempt).rejects.toMatchObject({ code: "invalid_client" });
    expect((await rows(core)).length).toBe(before);
  });

  it("cannot end well without having been admitted", async () => {
    await expect(recordUse(core, about, async () => "given")).rejects.toThrow("ended without being admitted");
  });
});
