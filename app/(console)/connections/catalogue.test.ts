import { describe, expect, it } from "vitest";
import { searchCatalogue } from "./catalogue";

const LIST = [
  { id: "slack", name: "Slack", summary: "Messages and channels.", enabled: true },
  { id: "airtable", name: "Airtable", summary: "Bases and records.", enabled: false },
  { id: "github", name: "GitHub", summary: "Code, issues and pull requests.", enabled: true },
  { id: "demo", name: "Demo Tracker", summary: "A pretend issue tracker.", enabled: true },
];
const ids = (search: string, list = LIST) => searchCatalogue(list, search).map(({ id }) => id);

describe("the catalogue of services", () => {
  it("begins with the demo, then what is on, then what is not, each by name", () => {
    expect(ids("")).toEqual(["demo", "github", "slack", "airtable"]);
  });

  it("does not put the demo first where it is off", () => {
    expect(
      ids(
        "",
        LIST.map((one) => (one.id === "demo" ? { ...one, enabled: false } : one)),
      ),
    ).toEqual(["github", "slack", "airtable", "demo"]);
  });

  it("finds by every word, in the name or what it is, in any case", () => {
    expect(ids("  ISSUE ")).toEqual(["demo", "github"]);
    expect(ids("issue code")).toEqual(["github"]);
    expect(ids("nothing like it")).toEqual([]);
  });
});
