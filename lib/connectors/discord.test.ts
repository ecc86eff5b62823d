import { expect, it } from "vitest";
import { refuseInseparable } from "../policy/compile";
import { callTable } from "../testing/callTable";
import { discord } from "./discord";

callTable(discord, [
  ["GET", "/users/@me", ["identify"], "identify"],
  ["GET", "/users/%40me", ["identify"], "identify"],
  ["GET", "/users/@me", ["guilds"], "outside_grant: identify"],
  ["PATCH", "/users/@me", ["identify", "email"], "unknown_call"],
  ["GET", "/users/@me/guilds", ["guilds"], "guilds"],
  ["DELETE", "/users/@me/guilds/1", ["guilds"], "exception"],
  ["GET", "/users/@me/guilds/1/member", ["guilds"], "outside_grant: guilds.members.read"],
  ["GET", "/users/@me/connections", ["connections"], "connections"],
  ["PUT", "/users/@me/applications/1/role-connection", ["identify"], "outside_grant: role_connections.write"],
  ["PUT", "/users/@me/applications/1/role-connection", ["role_connections.write"], "role_connections.write"],
  ["GET", "/oauth2/@me", ["identify"], "exception"],
  ["POST", "/webhooks/1/secret", ["identify"], "exception"],
  ["GET", "/channels/1/messages", ["guilds"], "unknown_call"],
  ["PUT", "/guilds/1/members/2", ["guilds"], "unknown_call"],
]);

it("does not lend a Discord profile without the e-mail address that the token would show with it", () => {
  expect(() => refuseInseparable(discord, ["identify", "email"], ["identify"])).toThrowError('"identify" and "email"');
  expect(() => refuseInseparable(discord, ["identify", "guilds"], ["identify"])).not.toThrow();
});
