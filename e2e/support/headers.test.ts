import { describe, expect, it } from "vitest";
import { findUnsafe, nonceOf } from "./headers";

const NONCE = "bm9uY2Utb2YtdGhlLXRlc3Q=";
const POLICY = [
  "default-src 'self'",
  `script-src 'self' 'nonce-${NONCE}' 'strict-dynamic'`,
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
].join("; ");
const SAFE = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
  "referrer-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "private, no-cache, no-store",
};
const BODY = `<p>Hello</p><script nonce="${NONCE}">"<p onclick=x>"</script>`;
const judge = (headers: Record<string, string> = {}, body = BODY) => findUnsafe({ where: "/", headers: { ...SAFE, ...headers }, body });

describe("what is found unsafe about a page", () => {
  it("is nothing about a safe one", () => {
    expect(judge()).toEqual([]);
    expect(nonceOf(SAFE)).toBe(NONCE);
  });

  it.each(Object.keys(SAFE).filter((name) => name !== "content-type"))("is %s that is not there", (name) => {
    expect(judge({ [name]: "" })).not.toEqual([]);
  });

  it.each([
    ["script-src 'self'", "script-src 'self' 'unsafe-inline'"],
    ["script-src 'self'", "script-src 'self' 'unsafe-eval'"],
    ["script-src 'self'", "script-src 'self' https:"],
    ["frame-ancestors 'none'", "frame-ancestors 'self'"],
    ["connect-src 'self'", "connect-src *"],
    ["base-uri 'none'", "base-uri 'self'"],
  ])("is a policy with %s as %s", (from, to) => {
    expect(judge({ "content-security-policy": POLICY.replace(from, to) })).toHaveLength(1);
  });

  it.each([
    ["a script without a nonce", "<script>1</script>"],
    ["a script with another's nonce", '<script nonce="abc">1</script>'],
    ["an inline handler", `${BODY}<a href="/" onclick="x()">x</a>`],
    ["a script in an address", `${BODY}<a href="javascript:x()">x</a>`],
    ["no script to look at", "<p>Hello</p>"],
  ])("is %s", (_what, body) => {
    expect(judge({}, body)).toHaveLength(1);
  });
});
