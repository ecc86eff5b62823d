import { expect, test } from "vitest";
import { codeChallenge } from "./pkce";

test("the verifier of RFC 7636 appendix B gets its challenge", () => {
  expect(codeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
});
