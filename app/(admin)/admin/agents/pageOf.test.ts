import { expect, it } from "vitest";
import { pageOf, readAsked, type Status } from "./pageOf";

const agents = Array.from({ length: 250 }, (_, index) => ({
  name: `Bot ${index}`,
  ownerName: index % 2 ? "Ada" : "Bea",
  status: index === 249 ? ("orphaned" as const) : ("active" as const),
}));
const statusOf = ({ status }: { status: Status }) => status;
const names = (text: string, page: number) => pageOf(agents, { text, page, status: undefined }, statusOf).agents.map(({ name }) => name);

it("shows a hundred at a time, what needs somebody first, all of them once, and the last page for one beyond it", () => {
  const pages = [1, 2, 3].map((page) => names("", page));
  expect(pages.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(pages[0]?.slice(0, 2)).toEqual(["Bot 249", "Bot 0"]);
  expect(new Set(pages.flat()).size).toBe(250);
  expect(pageOf(agents, { text: "", page: 9, status: undefined }, statusOf)).toMatchObject({ page: 3, pages: 3 });
});

it("finds by a part of the agent's name or its owner's", () => {
  expect(names("bot 17", 1)).toHaveLength(11);
  expect(pageOf(agents, { text: "ADA", page: 1, status: undefined }, statusOf)).toMatchObject({ pages: 2 });
  expect(names("nobody", 1)).toEqual([]);
  expect(pageOf(agents, { text: "", page: 1, status: "orphaned" }, statusOf).agents).toMatchObject([{ name: "Bot 249" }]);
  expect(pageOf(agents, { text: "", page: 1, status: "paused" }, statusOf).agents).toEqual([]);
});

it("takes an address that makes no sense as the first page of all", () => {
  for (const page of ["x", "-3", "0", undefined, ["2"]])
    expect(readAsked({ page, q: ["a"] })).toEqual({ text: "", page: 1, status: undefined });
  expect(readAsked({ page: "2", q: " Ada ", status: "paused" })).toEqual({ text: "Ada", page: 2, status: "paused" });
  expect(readAsked({ status: "gone" }).status).toBeUndefined();
});
