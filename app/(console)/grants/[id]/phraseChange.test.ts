import { expect, it } from "vitest";
import { phraseChange } from "./phraseChange";

const row = { decision: "allowed", reasonText: null } as const;

it("says when a grant ended and ends now", () => {
  const detail = { from: "2026-01-02T03:04:05.000Z", to: "2026-01-09T03:04:05.000Z" };
  expect(phraseChange({ ...row, event: "grant.extend", detail })).toBe("It ended 2026-01-02 03:04 UTC, and ends 2026-01-09 03:04 UTC now.");
});

it("says what a narrowed grant lost, and nothing where only its bounds got tighter", () => {
  const narrowed = (to: string[]) => phraseChange({ ...row, event: "grant.narrow", detail: { from: ["a:read", "b:read"], to } });
  expect(narrowed(["a:read"])).toBe("It lost b:read.");
  expect(narrowed(["a:read", "b:read"])).toBeNull();
});

it("says why a change was refused, and makes nothing up of a row it cannot read", () => {
  const refused = { event: "grant.extend", decision: "refused", reasonText: "This grant is over.", detail: null } as const;
  expect(phraseChange(refused)).toBe("This grant is over.");
  for (const detail of [null, [], "x", { from: 1 }]) expect(phraseChange({ ...row, event: "grant.extend", detail })).toBeNull();
});
