import { describe, expect, it } from "vitest";
import { readProblem } from "./problems";

describe("what signing in may have come back with", () => {
  it.each([
    ["AccessDenied", "access_denied", "Ask an admin of this Valet for an invitation."],
    ["person_suspended", "person_suspended", "Ask an admin to let you back in."],
    ["ended", "ended", "Sign in again."],
    ["OAuthSignin", "oauth_signin", "sign in with a password."],
    ["OAuthCallback", "oauth_callback", "tell an admin."],
  ])("by the code %s is told with %s and what to do", (code, shown, next) => {
    const problem = readProblem(code);
    expect(problem?.code).toBe(shown);
    expect(problem?.sentence.endsWith(next)).toBe(true);
  });

  it("never repeats what stands in the address", () => {
    const other = readProblem("Configuration");
    expect(other).toEqual({ code: "sso_failed", sentence: "Single sign-on did not work. Try again; if it stays, tell an admin." });
    for (const strange of ["<b>hello</b>", "constructor", "__proto__", "", ["ended", "ended"]]) expect(readProblem(strange)).toEqual(other);
    expect(readProblem(undefined)).toBeNull();
  });
});
