import { describe, expect, it } from "vitest";
import { callTable } from "../testing/callTable";
import { intercom } from "./intercom";
import { heldScopes } from "./scopes";

callTable(intercom, [
  ["GET", "/me", ["team:read"], "team:read"],
  ["GET", "/contacts/1", ["people:read"], "people:read"],
  ["POST", "/contacts/search", ["people:read"], "people:read"],
  ["POST", "/contacts", ["people:read"], "outside_grant: people:write"],
  ["PUT", "/contacts/1", ["people:write"], "people:write"],
  ["GET", "/contacts/1", ["people:write"], "people:read"],
  ["GET", "/conversations/7", ["people:read"], "outside_grant: conversations:read"],
  ["POST", "/conversations/search", ["conversations:read"], "conversations:read"],
  ["POST", "/conversations/7/reply", ["conversations:read"], "outside_grant: conversations:write"],
  ["POST", "/conversations/7/reply", ["conversations:write"], "conversations:write"],
  ["POST", "/conversations/7/run_assignment_rules", ["conversations:write"], "unknown_call"],
  ["POST", "/tickets/search", ["tickets:read"], "tickets:read"],
  ["POST", "/tickets", ["tickets:read"], "outside_grant: tickets:write"],
  ["DELETE", "/articles/3", ["articles:read"], "outside_grant: articles:write"],
  ["POST", "/contacts/merge", ["people:write"], "exception"],
  ["POST", "/export/content/data", ["conversations:write"], "exception"],
  ["GET", "/download/content/data/x", ["conversations:read"], "exception"],
  ["POST", "/messages", ["conversations:write"], "unknown_call"],
  ["GET", "/admins/activity_logs", ["team:read"], "unknown_call"],
]);

describe("an Intercom workspace", () => {
  it("holds every permission, since Intercom has no scopes to grant", () => {
    expect(heldScopes(intercom, [])).toEqual(intercom.scopes.map(({ name }) => name));
  });

  it("lives where its own app says, and nowhere Valet does not know", () => {
    const read = intercom.api.perAccount?.read;
    expect(read?.({ id: "1", app: { region: "EU" } })).toBe("https://api.eu.intercom.io");
    expect(read?.({ id: "1", app: { region: "US" } })).toBe("https://api.intercom.io");
    expect(read?.({ id: "1", app: { region: "MOON" } })).toBeNull();
    expect(read?.({ id: "1", app: { region: "__proto__" } })).toBeNull();
  });
});
