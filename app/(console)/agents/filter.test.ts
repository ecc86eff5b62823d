import { describe, expect, it } from "vitest";
import { directoryFilter } from "@/lib/agents/directory";
import { filterHref, readFilter } from "./filter";

describe("the address of the list of agents", () => {
  it("says the whole filter, and reads it back", () => {
    const filter = { scope: "related", part: "second", standing: "paused", connector: "github", text: "on call & more", page: 3 } as const;
    const href = filterHref(filter);
    expect(readFilter(Object.fromEntries(new URLSearchParams(href.split("?")[1])))).toEqual(filter);
    expect(filterHref({ page: 1 })).toBe("/agents");
    expect(readFilter({ q: "x" }, "all")).toMatchObject({ scope: "all", text: "x" });
    expect(filterHref({ scope: "all", standing: "orphaned" })).toBe("/admin/agents?status=orphaned");
  });

  it("is read as no filter where it is no answer", () => {
    const none = { scope: "related", part: undefined, standing: undefined, connector: undefined, text: undefined, page: 1 };
    expect(readFilter({ part: "everyone", status: "gone", page: "-1", q: "" })).toEqual(none);
    expect(readFilter({ part: ["mine", "second"], page: "1e400", q: " \0 " })).toEqual(none);
    for (const given of [readFilter({ q: "x".repeat(300), connector: "y".repeat(300), page: "9".repeat(15) }), none])
      expect(directoryFilter.safeParse(given).success).toBe(true);
  });
});
