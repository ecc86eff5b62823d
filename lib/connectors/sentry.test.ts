import { expect, it } from "vitest";
import { callTable } from "../testing/callTable";
import { sentry } from "./sentry";

const O = "/api/0/organizations/acme";
callTable(sentry, [
  ["GET", "/api/0/organizations", ["org:read"], "org:read"],
  ["GET", `${O}/issues`, ["event:read"], "event:read"],
  ["GET", `${O}/issues/42/events/latest`, ["event:read"], "event:read"],
  ["GET", "/api/0/issues/42", ["org:read"], "outside_grant: event:read"],
  ["PUT", "/api/0/issues/42", ["event:read"], "outside_grant: event:write"],
  ["PUT", `${O}/issues`, ["event:write"], "event:write"],
  ["GET", `${O}/issues/42`, ["event:write"], "event:read"],
  ["DELETE", "/api/0/issues/42", ["event:write"], "outside_grant: event:admin"],
  ["DELETE", "/api/0/issues/42", ["event:admin"], "event:admin"],
  ["POST", "/api/0/issues/42/comments", ["event:read"], "outside_grant: event:write"],
  ["GET", "/api/0/projects/acme/web", ["project:read"], "outside_grant: project:write"],
  ["PUT", "/api/0/projects/acme/web", ["project:write"], "project:write"],
  ["GET", "/api/0/projects/acme/web/keys", ["project:write"], "exception"],
  ["GET", `${O}/releases`, ["project:read"], "project:read"],
  ["POST", `${O}/releases`, ["project:read"], "outside_grant: project:releases"],
  ["GET", `${O}/members`, ["team:read"], "outside_grant: member:read"],
  ["GET", `${O}/members/7`, ["member:read"], "unknown_call"],
  ["PUT", O, ["org:read"], "outside_grant: org:admin"],
  ["DELETE", O, ["org:admin"], "unknown_call"],
  ["POST", "/api/0/api-tokens", ["org:admin"], "exception"],
  ["POST", `${O}/sentry-apps`, ["org:admin"], "exception"],
]);

it("knows a person by the answer of Sentry's API root, and nobody when it names none", () => {
  expect(sentry.account.read({ version: "0", user: { id: "7", email: "ada@example.com" } })).toEqual({ id: "7", name: "ada@example.com" });
  expect(sentry.account.read({ version: "0", auth: null, user: null })).toBeNull();
});
