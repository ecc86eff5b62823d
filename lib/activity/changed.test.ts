import { expect, test } from "vitest";
import { changed, changedIn } from "./changed";

test("only what differs is kept, and nothing is null", () => {
  expect(changed(["Role", "member", "admin"], ["Name", "a", "a"], ["Ceiling", [], ["repo", "gist"]], ["Switched on", true, false])).toEqual(
    {
      changed: [
        { what: "Role", before: "member", after: "admin" },
        { what: "Ceiling", before: null, after: "repo, gist" },
        { what: "Switched on", before: "yes", after: "no" },
      ],
    },
  );
  expect(changed(["Tenant", undefined, null], ["Ceiling", [], null])).toEqual({ changed: [] });
});

test("a row is read back as it was kept, and rows of from and to by their event", () => {
  const detail = changed(["Owner", "Ada", "Bea"]);
  expect(changedIn({ event: "agent.set_owners", detail })).toEqual(detail.changed);
  expect(changedIn({ event: "person.set_role", detail: { from: "member", to: "auditor" } })).toEqual([
    { what: "Role", before: "member", after: "auditor" },
  ]);
  expect(changedIn({ event: "grant.narrow", detail: { from: ["a", "b"], to: ["a"] } })).toEqual([
    { what: "Permissions", before: "a, b", after: "a" },
  ]);
});

test.each([
  [null],
  ["text"],
  [[1]],
  [{ changed: "x" }],
  [{ changed: [{ what: 1 }, { what: "x", before: {}, after: null }] }],
  [{ from: 1, to: 2 }],
])("of %j nothing is told", (detail) => {
  expect(changedIn({ event: "person.set_role", detail })).toEqual([]);
});

test("from and to of another event are not before and after", () => {
  expect(changedIn({ event: "grant.mint", detail: { from: "x", to: "y" } })).toEqual([]);
});
