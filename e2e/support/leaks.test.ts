import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { findLeaks } from "./leaks";

const SECRET = { what: "a refresh token", value: "saas_rt_k3?/+Zq81-_Nn4xTfGh2Lw9CvBmPsRyUe7" };
const inBase64 = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["as it is", `{"note":"${SECRET.value}"}`],
  ["in part", SECRET.value.slice(2, 30)],
  ["percent-encoded", `/callback?token=${encodeURIComponent(SECRET.value)}`],
  ["as JSON in JSON", JSON.stringify({ body: JSON.stringify({ token: SECRET.value }) })],
  ["backwards", [...SECRET.value].reverse().join("")],
  ["in hexadecimal", Buffer.from(SECRET.value).toString("hex")],
  ["in Base64", `Basic ${inBase64(`bot:${SECRET.value}`)}`],
  ["in Base64 of the web", Buffer.from(`x=${SECRET.value}&y=1`).toString("base64url")],
])("a secret is found %s", (_, text) => {
  const told = findLeaks({ "the log": `before ${text} after`, "the rest": "nothing" }, [SECRET]);
  expect(told).toEqual([expect.stringMatching(/^a refresh token .+ in the log$/)]);
  expect(told.join()).not.toContain(SECRET.value);
});

test("what is no secret, or is sealed or hashed, is not found", () => {
  const sealed = deflateSync(SECRET.value).toString("base64");
  expect(findLeaks({ "the database": `${sealed} vlt_agt_ saas_rt_ Lw9C` }, [SECRET, { what: "nothing", value: "" }])).toEqual([]);
});
