import { describe, expect, it } from "vitest";
import { type Entry, findEntries, grouped } from "./palette";

const ENTRIES: Entry[] = [
  { id: "1", group: "Pages", words: "Connections", href: "/connections" },
  { id: "2", group: "Agents", words: "Triage bot", more: "Sorts issues" },
  { id: "3", group: "Connections", words: "GitHub", more: "ada@company.test" },
  { id: "4", group: "Do", words: "Connect an account" },
  { id: "5", group: "Do", words: "Register an agent" },
];
const found = (typed: string) => findEntries(ENTRIES, typed).map(({ id }) => id);

describe("the palette", () => {
  it("shows everything in its order before anything is typed", () => {
    expect(found("  ")).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("puts what begins so first, then a word that does, then the rest", () => {
    expect(found("conn")).toEqual(["1", "4", "3"]);
    expect(found("agent")).toEqual(["5", "2"]);
  });

  it("wants every word, in whatever order and case", () => {
    expect(found("ADA git")).toEqual(["3"]);
    expect(found("ada triage")).toEqual([]);
  });

  it("shows no more than thirty", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ id: `${index}`, group: "Grants", words: `Grant ${index}` }));
    expect(findEntries(many, "grant")).toHaveLength(30);
  });

  it("keeps a group together", () => {
    expect(grouped(findEntries(ENTRIES, "conn")).map(([group, entries]) => [group, entries.length])).toEqual([
      ["Pages", 1],
      ["Do", 1],
      ["Connections", 1],
    ]);
  });
});
