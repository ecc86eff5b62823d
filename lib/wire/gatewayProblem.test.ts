import { expect, it } from "vitest";
import { JsonAnswer } from "../net/message";
import { presentedToken } from "./context";
import { asPackagesReadIt } from "./gatewayProblem";

const refusal = () =>
  new JsonAnswer({ code: "not_allowed", detail: "Not lent.", status: 403 }, 403, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
  });

it("a refusal says its sentence where client packages look for it, and keeps what it was", async () => {
  const told = { code: "not_allowed", detail: "Not lent.", status: 403, message: "Not lent." };
  const rest = asPackagesReadIt(refusal(), "/proxy/github/user", "application/vnd.github+json");
  expect([rest.status, rest.headers.get("cache-control"), await rest.json()]).toEqual([
    403,
    "no-store",
    { ...told, error: { code: "not_allowed", message: "Not lent." } },
  ]);
  const graphql = asPackagesReadIt(refusal(), "/proxy/linear/graphql", null);
  expect(await graphql.json()).toEqual({ ...told, errors: [{ message: "Not lent." }] });
});

it("a refusal is problem details for whoever asks for them or for nothing, and plain JSON for everybody else", async () => {
  for (const [accept, type] of [
    [null, "application/problem+json"],
    ["application/problem+json, */*", "application/problem+json"],
    ["*/*", "application/json"],
    ["application/json, text/plain, */*", "application/json"],
  ] as const)
    expect([accept, asPackagesReadIt(refusal(), "/proxy/x", accept).headers.get("content-type")]).toEqual([accept, type]);
});

it("the token of a call is taken from where a package puts it: a bearer first, then Basic, then the SaaS's own header", () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
  const read = (headers: Record<string, string>, own?: string) => presentedToken(new Headers(headers), own);
  expect(read({ authorization: "Bearer a.b.c" })).toBe("a.b.c");
  expect(read({ authorization: "token a.b.c" })).toBe("a.b.c");
  expect(read({ authorization: basic("ada@example.com:a.b.c") })).toBe("a.b.c");
  expect(read({ authorization: basic("ada@example.com/token:a:b") })).toBe("a:b");
  expect(read({ "x-shopify-access-token": "a.b.c" }, "x-shopify-access-token")).toBe("a.b.c");
  expect(read({ authorization: "Bearer a.b.c", "x-shopify-access-token": "d" }, "x-shopify-access-token")).toBe("a.b.c");
  expect(read({ "x-shopify-access-token": "a.b.c" })).toBeNull();
  for (const authorization of [basic("ada@example.com:"), basic(""), "Basic %", "Digest x", ""]) expect(read({ authorization })).toBeNull();
});
