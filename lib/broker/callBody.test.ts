import { describe, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { slack } from "../connectors/slack";
import { refusalOf } from "../testing/refusal";
import { forwardedBody } from "./callBody";

const OWN = "eyJhbGciOiJFUzI1NiJ9.own.token";
const FORM = "application/x-www-form-urlencoded";

const body = (connector: Connector, contentType: string, text: string | null) =>
  forwardedBody(connector, {
    headers: new Headers({ "content-type": contentType }),
    body: text === null ? null : streamOf(text),
    bearer: OWN,
  });
const streamOf = (text: string) => new Response(text).body;
const reasonOf = async (connector: Connector, contentType: string, text: string) =>
  (await refusalOf(body(connector, contentType, text))).reason;

describe("a body", () => {
  it("of a form is forwarded as it came, but for the caller's own token, which some packages repeat there", async () => {
    expect(await body(slack, FORM, "channel=C1&text=a+b%26c")).toBe("channel=C1&text=a+b%26c");
    expect(await body(slack, `${FORM}; charset=utf-8`, `token=${OWN}&channel=C1`)).toBe("channel=C1");
    expect(await body(demo, FORM, `channel=C1&anything=${OWN}`)).toBe("channel=C1");
  });

  it("is refused when it brings another token than the account's, by whatever name", async () => {
    for (const text of ["token=xoxp-1", "channel=C1&to%6ben=xoxp-1", "access_token=x", "oauth_token=x"])
      expect([text, await reasonOf(slack, FORM, text)]).toEqual([text, "credential_in_body"]);
    expect(await reasonOf(demo, FORM, "Access_Token=x")).toBe("credential_in_body");
    expect(await body(demo, FORM, "token=of-a-kind-that-this-saas-knows")).toBe("token=of-a-kind-that-this-saas-knows");
    for (const text of ['{"token":"xoxp-1"}', '{"\\u0074oken":"x"}', '{"Token":"x","channel":"C1"}'])
      expect([text, await reasonOf(slack, "application/json", text)]).toEqual([text, "credential_in_body"]);
  });

  it("is refused unread where the SaaS takes tokens in it and Valet cannot see whether there is one", async () => {
    for (const [type, text] of [
      ["multipart/form-data; boundary=x", "--x--"],
      ["text/plain", '{"token":"x"}'],
      ["application/json", "{not json"],
      ["application/json", "[]"],
    ] as const)
      expect([type, await reasonOf(slack, type, text)]).toEqual([type, "body_unreadable"]);
    expect(await body(slack, "application/json", null)).toBeNull();
  });

  it("streams where nothing in it could change whose call it is", async () => {
    expect(await body(demo, "application/json", "{}")).toBeInstanceOf(ReadableStream);
    expect(await body(demo, "multipart/form-data; boundary=x", "--x--")).toBeInstanceOf(ReadableStream);
  });

  it("of more than 1 MiB is not read", async () => {
    expect(await refusalOf(body(demo, FORM, `a=${"x".repeat(1024 * 1024)}`))).toMatchObject({
      code: "too_large",
      reason: "body_too_large",
    });
  });
});
