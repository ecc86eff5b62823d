import { describe, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { github } from "../connectors/github";
import { google } from "../connectors/google";
import { linear } from "../connectors/linear";
import { microsoft } from "../connectors/microsoft";
import { slack } from "../connectors/slack";
import { decideCall } from "./decide";
import type { GraphqlOperations } from "./graphql";

/** method, path, what was lent, and the scope that opens it or the reason against it (with the smallest scope that would). */
type Row = readonly [string, string, readonly string[], string, GraphqlOperations?];

const query = (...rootFields: string[]): GraphqlOperations => ({ kind: "query", rootFields });
const mutation = (...rootFields: string[]): GraphqlOperations => ({ kind: "mutation", rootFields });

function answer(connector: Connector, [method, path, granted, , graphql]: Row): string {
  const verdict = decideCall(connector, granted, { method, path, ...(graphql ? { graphql } : {}) });
  if (verdict.verdict !== "deny") return verdict.scope;
  return verdict.smallestScope ? `${verdict.reason}: ${verdict.smallestScope}` : verdict.reason;
}

function table(connector: Connector, rows: readonly Row[]): void {
  describe(`calls at ${connector.name}`, () => {
    it.each(rows.map((row) => ({ method: row[0], path: row[1], granted: row[2].join(" "), expected: row[3], row })))(
      "$method $path with $granted: $expected",
      ({ row, expected }) => {
        expect(answer(connector, row)).toBe(expected);
      },
    );
  });
}

const R = "/repos/octo/hello";
table(github, [
  ["GET", `${R}/issues`, ["issues:read"], "issues:read"],
  ["HEAD", `${R}/issues/1`, ["issues:read"], "issues:read"],
  ["GET", `${R}/issues/1/comments`, ["repo"], "issues:read"],
  ["POST", `${R}/issues`, ["issues:read"], "outside_grant: issues:write"],
  ["POST", `${R}/issues/1/comments`, ["issues:read"], "outside_grant: issues:comment"],
  ["POST", `${R}/issues/1/comments`, ["issues:comment"], "issues:comment"],
  ["PATCH", `${R}/issues/1`, ["issues:comment"], "outside_grant: issues:write"],
  ["PATCH", `${R}/issues/1`, ["public_repo"], "issues:write"],
  ["GET", `${R}/contents/src/a.ts`, ["repo:read"], "code:read"],
  ["PUT", `${R}/contents/src/a.ts`, ["repo:read"], "outside_grant: code:write"],
  ["GET", `${R}/compare/main...dev`, ["code:read"], "code:read"],
  ["PUT", `${R}/pulls/1/merge`, ["pulls:write"], "outside_grant: code:write"],
  ["GET", `${R}/tarball/main`, ["repo"], "exception"],
  ["GET", `${R}/t%61rball/main`, ["repo"], "exception"],
  ["GET", `${R}/TARBALL/main`, ["repo"], "exception"],
  ["GET", `${R}/zipball`, ["repo"], "exception"],
  ["GET", `${R}/actions/artifacts/1/zip`, ["actions:read"], "exception"],
  ["GET", `${R}/actions/artifacts/1`, ["actions:read"], "actions:read"],
  ["GET", `${R}/actions/jobs/1/logs`, ["actions:read"], "exception"],
  ["DELETE", R, ["repo"], "outside_grant: delete_repo"],
  ["PATCH", R, ["repo", "delete_repo", "admin:org"], "unknown_call"],
  ["GET", `${R}/hooks`, ["repo"], "unknown_call"],
  ["GET", `${R}/actions/secrets`, ["repo"], "unknown_call"],
  ["GET", "/user", ["read:user"], "read:user"],
  ["GET", "/user", ["issues:read"], "outside_grant: read:user"],
  ["get", "/user", ["read:user"], "unknown_call"],
  ["GET", "/notifications", ["notifications"], "notifications:read"],
  ["PUT", "/notifications", ["notifications:read"], "outside_grant: notifications"],
  ["POST", "/markdown", ["repo:read"], "repo:read"],
  ["POST", "/graphql", ["graphql:read"], "graphql:read", query("viewer")],
  ["POST", "/graphql", ["graphql:read"], "unknown_call", mutation("addStar")],
  ["POST", "/graphql", ["repo"], "outside_grant: graphql:read", query("viewer")],
  ["POST", "/graphql", ["graphql:read"], "graphql_unreadable"],
  ["POST", "/gr%61phql", ["graphql:read"], "graphql_unreadable"],
  ["GET", "/graphql", ["graphql:read"], "unknown_call"],
]);

const A = "https://www.googleapis.com/auth";
const MAIL = "/gmail/v1/users/me";
const CALENDAR = "/calendar/v3/calendars/primary";
table(google, [
  ["GET", `${MAIL}/messages`, [`${A}/gmail.readonly`], `${A}/gmail.readonly`],
  ["GET", `${MAIL}/messages/1/attachments/2`, [`${A}/gmail.readonly`], `${A}/gmail.readonly`],
  ["POST", `${MAIL}/messages/send`, [`${A}/gmail.readonly`], `outside_grant: ${A}/gmail.send`],
  ["POST", `${MAIL}/messages/send`, [`${A}/gmail.modify`], `${A}/gmail.send`],
  ["POST", `${MAIL}/messages/1/trash`, [`${A}/gmail.compose`], `outside_grant: ${A}/gmail.modify`],
  ["DELETE", `${MAIL}/messages/1`, [`${A}/gmail.modify`], "outside_grant: https://mail.google.com/"],
  ["POST", `${MAIL}/messages/batchDelete`, ["https://mail.google.com/"], "https://mail.google.com/"],
  ["POST", `${MAIL}/watch`, ["https://mail.google.com/"], "exception"],
  ["PUT", `${MAIL}/settings/autoForwarding`, [`${A}/gmail.settings.basic`], "unknown_call"],
  ["POST", "/batch", [`${A}/gmail.readonly`], "unknown_call"],
  ["POST", "/batch/gmail/v1", ["https://mail.google.com/"], "batch_unreadable"],
  ["POST", `${MAIL}/drafts`, ["drafts:write"], "drafts:write"],
  ["POST", `${MAIL}/drafts/send`, ["drafts:write"], `outside_grant: ${A}/gmail.compose`],
  ["PUT", `${MAIL}/drafts/1`, [`${A}/gmail.compose`], "drafts:write"],
  ["GET", "/drive/v3/files/1", [`${A}/drive.readonly`], `${A}/drive.readonly`],
  ["POST", "/drive/v3/files", [`${A}/drive.readonly`], `outside_grant: ${A}/drive.file`],
  ["DELETE", "/drive/v3/files/1", [`${A}/drive`], `${A}/drive`],
  ["POST", "/drive/v3/files/1/permissions", [`${A}/drive.file`], `outside_grant: ${A}/drive`],
  ["POST", "/drive/v3/files/1/watch", [`${A}/drive`], "exception"],
  ["GET", "/v1/documents/1", [`${A}/drive.readonly`], `${A}/documents.readonly`],
  ["POST", "/v1/documents/1:batchUpdate", [`${A}/documents.readonly`], `outside_grant: ${A}/documents`],
  ["POST", "/v4/spreadsheets/1:getByDataFilter", [`${A}/spreadsheets.readonly`], `${A}/spreadsheets.readonly`],
  ["POST", "/v4/spreadsheets/1%3AgetByDataFilter", [`${A}/spreadsheets.readonly`], `${A}/spreadsheets.readonly`],
  ["POST", "/v4/spreadsheets/1:batchUpdate", [`${A}/spreadsheets.readonly`], `outside_grant: ${A}/spreadsheets`],
  ["GET", `${CALENDAR}/events`, [`${A}/calendar.readonly`], `${A}/calendar.events.readonly`],
  ["POST", "/calendar/v3/freeBusy", [`${A}/calendar.readonly`], `${A}/calendar.freebusy`],
  ["POST", `${CALENDAR}/events`, [`${A}/calendar.readonly`], `outside_grant: ${A}/calendar.events`],
  ["POST", `${CALENDAR}/events/watch`, [`${A}/calendar`], "exception"],
  ["POST", `${CALENDAR}/acl`, [`${A}/calendar.events`], `outside_grant: ${A}/calendar`],
  ["GET", "/oauth2/v1/tokeninfo", ["https://mail.google.com/"], "unknown_call"],
]);

table(slack, [
  ["GET", "/conversations.list", ["channels:read"], "channels:read"],
  ["POST", "/conversations.list", ["channels:read"], "channels:read"],
  ["POST", "/conversations.history", ["channels:read"], "outside_grant: channels:history"],
  ["POST", "/conversations.history", ["im:history"], "im:history"],
  ["GET", "/chat.postMessage", ["channels:history"], "outside_grant: messages:post"],
  ["POST", "/chat.postMessage", ["chat:write"], "messages:post"],
  ["POST", "/chat.postMessage", ["messages:post"], "messages:post"],
  ["POST", "/chat.delete", ["messages:post"], "outside_grant: chat:write"],
  ["POST", "/chat.delete", ["channels:history", "users:read"], "outside_grant: chat:write"],
  ["GET", "/users.lookupByEmail", ["users:read"], "outside_grant: users:read.email"],
  ["GET", "/users.info", ["users:read.email"], "users:read"],
  ["PUT", "/users.info", ["users:read"], "unknown_call"],
  ["GET", "/auth.revoke", ["users:read"], "exception"],
  ["GET", "/Auth.Revoke", ["users:read"], "exception"],
  ["POST", "/apps.uninstall", ["users:read"], "exception"],
  ["GET", "/rtm.connect", ["channels:history"], "exception"],
  ["POST", "/views.open", ["chat:write"], "exception"],
  ["POST", "/conversations.archive", ["channels:read"], "outside_grant: channels:write"],
  ["POST", "/conversations.mark", ["channels:write", "im:history"], "unknown_call"],
  ["POST", "/users.profile.set", ["users:read"], "unknown_call"],
]);

table(linear, [
  ["POST", "/graphql", ["read"], "read", query("issues")],
  ["POST", "/graphql", ["read"], "read", query("viewer", "teams")],
  ["POST", "/graphql", ["read"], "outside_grant: issues:create", mutation("issueCreate")],
  ["POST", "/graphql", ["issues:create"], "issues:create", mutation("issueCreate")],
  ["POST", "/graphql", ["issues:create"], "read", query("issues")],
  ["POST", "/graphql", ["issues:create"], "outside_grant: write", mutation("issueDelete")],
  ["POST", "/graphql", ["issues:create"], "outside_grant: comments:create", mutation("issueCreate", "commentCreate")],
  ["POST", "/graphql", ["issues:create", "comments:create"], "issues:create", mutation("issueCreate", "commentCreate")],
  ["POST", "/graphql", ["write"], "write", mutation("issueUpdate", "commentCreate")],
  ["POST", "/graphql", ["write"], "outside_grant: admin", mutation("organizationInviteCreate")],
  ["POST", "/graphql", ["admin"], "unknown_call", mutation("organizationDelete")],
  ["POST", "/graphql", ["read"], "unknown_call", { kind: "subscription", rootFields: ["issueCreated"] }],
  ["POST", "/graphql", ["read"], "graphql_unreadable"],
  ["POST", "/graphql", ["read"], "graphql_unreadable", query()],
  ["GET", "/graphql", ["read"], "unknown_call", query("issues")],
  ["POST", "/oauth/revoke", ["admin"], "unknown_call"],
]);

const ME = "/v1.0/me";
table(microsoft, [
  ["GET", ME, ["User.Read"], "User.Read"],
  ["GET", `${ME}/photo/$value`, ["User.Read"], "User.Read"],
  ["GET", `${ME}/messages`, ["Mail.Read"], "Mail.Read"],
  ["GET", `${ME}/mailFolders/inbox/messages/1/attachments`, ["Mail.ReadWrite"], "Mail.Read"],
  ["GET", `${ME}/messages`, ["User.Read"], "outside_grant: Mail.ReadBasic"],
  ["POST", `${ME}/sendMail`, ["Mail.ReadWrite"], "outside_grant: Mail.Send"],
  ["PATCH", `${ME}/messages/1`, ["Mail.Read"], "outside_grant: Mail.ReadWrite"],
  ["POST", `${ME}/mailFolders/inbox/messageRules`, ["Mail.ReadWrite"], "unknown_call"],
  ["GET", `${ME}/calendarView`, ["Calendars.Read"], "Calendars.Read"],
  ["POST", `${ME}/events`, ["Calendars.Read"], "outside_grant: Calendars.ReadWrite"],
  ["GET", `${ME}/drive/root:/notes.txt:/content`, ["Files.Read.All"], "Files.Read.All"],
  ["PUT", `${ME}/drive/root:/notes.txt:/content`, ["Files.Read.All"], "outside_grant: Files.ReadWrite.All"],
  ["POST", `${ME}/drive/items/1/invite`, ["Files.ReadWrite.All"], "unknown_call"],
  ["GET", `${ME}/drive/special/approot`, ["Files.ReadWrite.All"], "exception"],
  ["GET", `${ME}/drive/speci%61l/approot`, ["Files.Read.All"], "exception"],
  ["POST", "/v1.0/$batch", ["Mail.Read"], "batch_unreadable"],
  ["POST", "/v1.0/$BATCH", ["Mail.Read"], "batch_unreadable"],
  ["POST", "/beta/$batch", ["Mail.Read"], "unknown_call"],
  ["POST", `${ME}/messages`, ["drafts:create"], "drafts:create"],
  ["POST", `${ME}/sendMail`, ["drafts:create"], "outside_grant: Mail.Send"],
  ["PATCH", `${ME}/messages/1`, ["drafts:create"], "outside_grant: Mail.ReadWrite"],
  ["POST", "/v1.0/search/query", ["Mail.Read"], "unknown_call"],
  ["GET", "/beta/me/messages", ["Mail.Read"], "unknown_call"],
  ["GET", "/v1.0/users/ada@example.com/messages", ["Mail.ReadWrite"], "unknown_call"],
]);

table(demo, [
  ["GET", "/api/me", ["profile:read"], "profile:read"],
  ["GET", "/api/issues", ["issues:read"], "issues:read"],
  ["GET", "/api/issues/7", ["issues:read"], "issues:read"],
  ["GET", "/api/issues/7", ["issues:write"], "outside_grant: issues:read"],
  ["GET", "/api/stream", ["issues:read"], "issues:read"],
  ["POST", "/api/issues", ["issues:read"], "outside_grant: issues:write"],
  ["POST", "/api/issues/7/comments", ["issues:read"], "outside_grant: issues:comment"],
  ["POST", "/api/issues/7/comments", ["issues:write"], "issues:comment"],
  ["DELETE", "/api/issues/7", ["issues:comment"], "outside_grant: issues:write"],
  ["GET", "/api/files/1/content", ["files:read"], "files:read"],
  ["POST", "/api/files", ["files:read"], "outside_grant: files:write"],
  ["GET", "/api/members", ["issues:write", "files:write"], "outside_grant: admin"],
  ["GET", "/", ["admin"], "unknown_call"],
  ["POST", "/oauth/token", ["admin"], "unknown_call"],
  ["POST", "/graphql", ["profile:read"], "profile:read", query("viewer")],
  ["POST", "/graphql", ["profile:read"], "outside_grant: issues:read", query("viewer", "issues")],
  ["POST", "/graphql", ["profile:read", "issues:read"], "profile:read", query("viewer", "issues")],
  ["POST", "/graphql", ["issues:read"], "outside_grant: issues:write", mutation("createIssue")],
  ["POST", "/graphql", ["issues:write"], "issues:write", mutation("createIssue")],
]);
