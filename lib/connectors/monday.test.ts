import { expect, it } from "vitest";
import { refuseInseparable } from "../policy/compile";
import { callTable, mutation, query } from "../testing/callTable";
import { monday } from "./monday";

callTable(monday, [
  ["POST", "/v2", ["me:read"], "me:read", query("me")],
  ["POST", "/v2", ["boards:read"], "boards:read", query("boards", "items")],
  ["POST", "/v2", ["boards:read"], "outside_grant: users:read", query("boards", "users")],
  ["POST", "/v2", ["boards:read"], "outside_grant: boards:write", mutation("create_item")],
  ["POST", "/v2", ["boards:write"], "boards:write", mutation("create_item", "change_column_value")],
  ["POST", "/v2", ["boards:write"], "outside_grant: boards:read", query("boards")],
  ["POST", "/v2", ["boards:write"], "outside_grant: updates:write", mutation("create_update")],
  ["POST", "/v2", ["updates:write"], "updates:write", mutation("create_update")],
  ["POST", "/v2", ["boards:write"], "unknown_call", mutation("add_users_to_board")],
  ["POST", "/v2", ["boards:write"], "unknown_call", mutation("create_webhook")],
  ["POST", "/v2", ["boards:read"], "unknown_call", query("assets")],
  ["POST", "/v2", ["boards:read"], "graphql_unreadable"],
  ["GET", "/v2", ["boards:read"], "unknown_call", query("boards")],
  ["POST", "/v2/file", ["boards:write"], "exception"],
]);

it("lends a read only with all others that the token has, since one question reaches them all", () => {
  expect(() => refuseInseparable(monday, ["me:read", "boards:read"], ["boards:read"])).toThrowError('"boards:read" and "me:read"');
  expect(() => refuseInseparable(monday, ["me:read", "boards:read"], ["boards:read", "me:read"])).not.toThrow();
  expect(() => refuseInseparable(monday, ["me:read", "updates:write"], ["updates:write"])).toThrowError('"me:read"');
});
