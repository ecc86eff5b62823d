import { expect, it } from "vitest";
import { refuseInseparable } from "../policy/compile";
import { callTable } from "../testing/callTable";
import { zoom } from "./zoom";

callTable(zoom, [
  ["GET", "/users/me", ["user:read:user"], "user:read:user"],
  ["GET", "/users/ada@example.com", ["user:read:user", "user:read:list_users:admin"], "unknown_call"],
  ["GET", "/users/me/meetings", ["meeting:read:list_meetings"], "meeting:read:list_meetings"],
  ["GET", "/users/me/meetings", ["user:read:user"], "outside_grant: meeting:read:list_meetings"],
  ["POST", "/users/me/meetings", ["meeting:read:list_meetings"], "outside_grant: meeting:write:meeting"],
  ["POST", "/users/me/meetings", ["meeting:write:meeting"], "meeting:write:meeting"],
  ["POST", "/users/ada/meetings", ["meeting:write:meeting"], "outside_grant: meeting:write:meeting:admin"],
  ["GET", "/meetings/85746065", ["meeting:read:list_meetings"], "outside_grant: meeting:read:meeting"],
  ["GET", "/meetings/85746065", ["meeting:read:meeting"], "meeting:read:meeting"],
  ["PATCH", "/meetings/85746065", ["meeting:read:meeting"], "outside_grant: meeting:update:meeting"],
  ["DELETE", "/meetings/85746065", ["meeting:update:meeting"], "outside_grant: meeting:delete:meeting"],
  ["PUT", "/meetings/85746065/status", ["meeting:update:meeting"], "unknown_call"],
  ["GET", "/users/me/recordings", ["cloud_recording:read:list_user_recordings"], "cloud_recording:read:list_user_recordings"],
  ["GET", "/meetings/85746065/recordings", ["cloud_recording:read:list_user_recordings"], "exception"],
  ["GET", "/users/me/token", ["user:read:user"], "exception"],
  ["GET", "/users/me/ZAK", ["user:read:user"], "exception"],
  ["GET", "/meetings/85746065/jointoken/live_streaming", ["meeting:read:meeting"], "exception"],
  ["GET", "/users", ["user:read:user"], "outside_grant: user:read:list_users:admin"],
  ["DELETE", "/users/ada", ["user:read:list_users:admin"], "unknown_call"],
]);

it("lives where the token's answer says, and only at Zoom", () => {
  const own = zoom.api.perAccount;
  expect(own?.read({ access_token: "t", api_url: "https://api-eu.zoom.us" })).toBe("https://api-eu.zoom.us/v2");
  expect(own?.read({ access_token: "t" })).toBe("https://api.zoom.us/v2");
  for (const address of ["https://api-eu.zoom.us/v2", "https://api.zoom.us/v2"]) expect(own?.allowed.test(address)).toBe(true);
  for (const address of ["https://api.zoom.us.evil.example/v2", "https://evil.zoom.us/v2", "https://api-x@evil.example/v2"])
    expect(own?.allowed.test(address)).toBe(false);
});

it("does not lend one's own meetings alone while the token reaches everybody's", () => {
  const granted = ["meeting:update:meeting", "meeting:update:meeting:admin"];
  expect(() => refuseInseparable(zoom, granted, ["meeting:update:meeting"])).toThrowError('"meeting:update:meeting:admin"');
});
