import { describe, expect, it } from "vitest";
import { ownPath } from "./ownPath";

describe("where a person goes after signing in", () => {
  it("is the page they wanted, with its filters", () => {
    expect(ownPath("/activity?acting=agent&row=use_1")).toBe("/activity?acting=agent&row=use_1");
  });

  it.each([
    "//evil.test",
    "/\\evil.test",
    "/a\\b",
    "https://evil.test",
    "javascript:alert(1)",
    "/\tevil.test",
    "evil",
    "",
    undefined,
    ["/a", "/b"],
  ])("never leaves this origin: %j", (next) => {
    expect(ownPath(next)).toBe("/");
  });

  it.each(["/sign-in", "/sign-in?next=/x", "/api/auth/callback/oidc", "/join/x", "/set-up/x"])(
    "is never a page for strangers: %s",
    (next) => {
      expect(ownPath(next)).toBe("/");
    },
  );
});
