import { describe, expect, it } from "vitest";
import { bareAnswer, isFromOwnPage, transportHeaders } from "./edge";

const OWN = "https://valet.company.test";

describe("a request that may change something", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE"])("by %s is taken from a page of this Valet alone", (method) => {
    expect(isFromOwnPage(OWN, method, OWN)).toBe(true);
    for (const foreign of [
      undefined,
      "",
      "null",
      "https://evil.test",
      "http://valet.company.test",
      "https://valet.company.test:8443",
      "https://valet.company.test.evil.test",
      "https://evil.test/https://valet.company.test",
    ])
      expect(isFromOwnPage(OWN, method, foreign), String(foreign)).toBe(false);
  });

  it("on this machine is taken from each of its names, by the same port", () => {
    for (const own of ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"])
      expect(isFromOwnPage("http://localhost:3000", "POST", own), own).toBe(true);
    for (const foreign of ["http://localhost:3001", "https://localhost:3000", "http://evil.test:3000", "http://localhost.evil.test:3000"])
      expect(isFromOwnPage("http://localhost:3000", "POST", foreign), foreign).toBe(false);
  });

  it("is no reading: links from anywhere may lead to a page", () => {
    for (const method of ["GET", "HEAD", "OPTIONS"]) expect(isFromOwnPage(OWN, method, "https://evil.test")).toBe(true);
  });
});

describe("what the process itself answers", () => {
  it("says that TLS is the only way, where it is", () => {
    expect(transportHeaders(OWN)).toEqual({ "strict-transport-security": "max-age=31536000" });
    expect(transportHeaders("http://localhost:3000")).toEqual({});
  });

  it("has a code, a sentence, one thing to do and the request's number, and nothing can run or frame it", () => {
    const { body, headers } = bareAnswer(403, OWN, "req_1");
    expect(body).toBe(
      "foreign_origin\n\nThis was not sent by a page of this Valet, so nothing was done.\nOpen https://valet.company.test/ and try again from there. If it stays, tell your admin this number: req_1\n",
    );
    expect(headers).toMatchObject({ "content-length": String(body.length), "cache-control": "no-store", "x-frame-options": "DENY" });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
  });
});
