import { describe, expect, it } from "vitest";
import { mintInput } from "@/lib/grants/preview";
import { draftPath, presetScopes, readDraft } from "./draft";
import { boundsOf, isKeptTo, namesOfKind } from "./draftBounds";

const MINT = { connectionId: "con_1", agentId: "agt_1", scopes: ["repo:read"], lifetime: "8h" };
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
    const bounds = { resources: ["issue:7", "issue:9"], callsPerHour: "100", writesPerRun: "0" };
    const draft = {
      connection: "con_1",
      agent: "agt_1",
      scopes: ["a:read", "b:read"],
      lifetime: "7d",
      delivery: "gateway",
      consent: "separate",
      pattern: "own",
      bounds,
    } as const;
    const search = new URL(draftPath(draft, { review: true }), "http://valet.test").searchParams;
    const read = readDraft({ ...Object.fromEntries(search), scopes: search.getAll("scopes"), resource: search.getAll("resource") });
    expect(read).toEqual({ ...draft, review: true });
  });

  it("is kept to what its text fields name, a line or a comma each, whatever a link said before", () => {
    const { bounds } = readDraft({
      review: "1",
      only_repository: "acme/site,\r\n  acme/docs\n",
      resource: "repository:acme/site",
      callsPerHour: " 5 ",
    });
    expect(bounds).toEqual({ resources: ["repository:acme/site", "repository:acme/docs"], callsPerHour: "5", writesPerRun: "" });
    expect(namesOfKind(bounds, "repository")).toBe("acme/site\nacme/docs");
    expect(boundsOf(bounds)).toEqual({ resources: { repository: ["acme/site", "acme/docs"] }, callsPerHour: 5 });
    expect(boundsOf(readDraft({}).bounds)).toBeUndefined();
  });

  it("is kept to nothing typed where all were chosen, and to nothing at all where some were and none is named", () => {
    const typed = { only_repository: "acme/site" };
    expect(boundsOf(readDraft({ ...typed, where_repository: "all" }).bounds)).toBeUndefined();
    expect(boundsOf(readDraft({ ...typed, where_repository: "only" }).bounds)).toEqual({ resources: { repository: ["acme/site"] } });
    const none = readDraft({ only_repository: " ", where_repository: "only" }).bounds;
    expect(mintInput.safeParse({ ...MINT, bounds: boundsOf(none) }).error?.issues[0]?.message).toBe(
      "Choose at least one, or let it be all of them.",
    );
    expect([isKeptTo(none, "repository"), namesOfKind(none, "repository"), isKeptTo(none, "repo")]).toEqual([true, "", false]);
    expect(boundsOf(readDraft({ only_repository: "", where_repository: ["only", "all"] }).bounds)).toBeUndefined();
  });

  it("sends on what is odd, so that it is refused and never left out", () => {
    expect(boundsOf(readDraft({ resource: "acme/site", callsPerHour: "many", writesPerRun: "-1" }).bounds)).toEqual({
      resources: { "": ["acme/site"] },
      callsPerHour: Number.NaN,
      writesPerRun: -1,
    });
  });
});
