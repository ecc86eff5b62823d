import { describe, expect, it } from "vitest";
import { draftPath, presetScopes, readDraft } from "./draft";

const permission = (name: string, access: "read" | "write" | "admin") => ({ name, label: name, access });

describe("a grant that is being drafted", () => {
  it("starts with everything that reads and nothing that does more", () => {
    expect(
      presetScopes([
        permission("a:read", "read"),
        permission("a:write", "write"),
        permission("admin", "admin"),
        permission("b:read", "read"),
      ]),
    ).toEqual(["a:read", "b:read"]);
  });

  it("lasts eight hours unless the address says one of the offered lifetimes", () => {
    expect(readDraft({}).lifetime).toBe("8h");
    expect(readDraft({ lifetime: "30d" }).lifetime).toBe("30d");
    expect(readDraft({ lifetime: "10y" }).lifetime).toBe("8h");
  });

  it("tells a form sent without a tick from a form not sent yet", () => {
    expect(readDraft({ review: "1" }).scopes).toEqual([]);
    expect(readDraft({}).scopes).toBeNull();
  });

  it("keeps all of itself in its address", () => {
    const draft = {
      connection: "con_1",
      agent: "agt_1",
      scopes: ["a:read", "b:read"],
      lifetime: "7d",
      delivery: "gateway",
      consent: "separate",
    } as const;
    const search = new URL(draftPath(draft, { review: true }), "http://valet.test").searchParams;
    const read = readDraft({ ...Object.fromEntries(search), scopes: search.getAll("scopes") });
    expect(read).toEqual({ ...draft, review: true });
  });
});
