import { describe, expect, it } from "vitest";
import { filterHref, readFilter } from "./filter";

describe("the address of the list of agents", () => {
  it("says the whole filter, and reads it back", () => {
    const filter = { part: "second", standing: "paused", connector: "github", text: "on call & more", page: 3 } as const;
    const href = filterHref(filter);
    expect(readFilter(Object.fromEntries(new URLSearchParams(href.split("?")[1])))).toEqual(filter);
    expect(filterHref({ page: 1 })).toBe("/agents");
  });

  it("is read as no filter where it is no answer", () => {
    const none = { part: undefined, standing: undefined, connector: undefined, text: undefined, page: 1 };
    expect(readFilter({ part: "everyone", status: "gone", page: "-1", q: "" })).toEqual(none);
    expect(readFilter({ part: ["mine", "second"], page: "1e400" })).toEqual(none);
  });
});
