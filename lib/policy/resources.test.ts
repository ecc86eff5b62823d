import { describe, expect, it } from "vitest";
import { airtable } from "../connectors/airtable";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { figma } from "../connectors/figma";
import { github } from "../connectors/github";
import { githubAppUser } from "../connectors/githubAppUser";
import { gitlab } from "../connectors/gitlab";
import { google } from "../connectors/google";
import { googleCloud } from "../connectors/googleCloud";
import { jira } from "../connectors/jira";
import { sentry } from "../connectors/sentry";
import { slack } from "../connectors/slack";
import type { CallBody } from "./call";
import { type Call, decideCall } from "./decide";

const form = (text: string): CallBody => ({ contentType: "application/x-www-form-urlencoded", text });
const json = (value: unknown): CallBody => ({ contentType: "application/json", text: JSON.stringify(value) });

/** method and path, what came along, and what is decided: the resources it is about, or the reason against it. */
type Row = readonly [call: string, body: CallBody | null, expected: string];

function kept(connector: Connector, scopes: readonly string[], resources: Record<string, string[]>, rows: readonly Row[]): void {
  it.each(rows.map((row) => ({ call: row[0], text: row[1]?.text ?? "", row })))(
    `${connector.id}: $call $text`,
    ({ row: [line, body, expected] }) => {
      const [method = "", target = ""] = line.split(" ");
      const [path = "", query = ""] = target.split("?");
      const verdict = decideCall(connector, scopes, { method, path, query, body }, { resources });
      const told =
        verdict.verdict === "allow" ? (verdict.resources?.join(" ") ?? "apart") : verdict.verdict === "deny" ? verdict.reason : "ask";
      expect(told).toBe(expected);
    },
  );
}

const OURS = "resource_not_lent";
const NONE = "resource_unnamed";
const UNCLEAR = "resource_unclear";
const FURTHER = "resource_beyond";

describe("a grant that is kept to single buckets", () => {
  const STORAGE = ["https://www.googleapis.com/auth/devstorage.read_write"];
  const BUCKETS = "/storage/v1/b";
  kept(googleCloud, STORAGE, { bucket: ["acme-reports", "acme.logs"] }, [
    [`GET ${BUCKETS}/acme-reports`, null, "bucket:acme-reports"],
    [`GET ${BUCKETS}/acme.logs/o/2026-01.csv`, null, "bucket:acme.logs"],
    [`GET ${BUCKETS}/acme%2Dreports/o`, null, "bucket:acme-reports"],
    ["GET /download/storage/v1/b/acme-reports/o/a.csv?alt=media", null, "bucket:acme-reports"],
    ["POST /upload/storage/v1/b/acme-reports/o?uploadType=media&name=a", null, "bucket:acme-reports"],
    [`POST ${BUCKETS}/acme-reports/o/a/compose`, json({ sourceObjects: [{ name: "b" }] }), "bucket:acme-reports"],
    [`POST ${BUCKETS}/acme-reports/o/a/rewriteTo/b/acme.logs/o/a`, null, "bucket:acme-reports bucket:acme.logs"],
    [`GET ${BUCKETS}?project=acme`, null, NONE],
    [`GET ${BUCKETS}/acme-payroll/o`, null, OURS],
    [`GET ${BUCKETS}/Acme-Reports/o`, null, UNCLEAR],
    ["GET /download/storage/v1/b/acme-payroll/o/a.csv", null, OURS],
    ["POST /upload/storage/v1/b/acme-payroll/o", null, OURS],
    [`POST ${BUCKETS}/acme-reports/o/a/copyTo/b/acme-payroll/o/a`, null, OURS],
    [`POST ${BUCKETS}/acme-payroll/o/a/copyTo/b/acme-reports/o/a`, null, OURS],
    [`POST ${BUCKETS}/acme-reports/o/a/rewriteTo/b/acme-payroll/o/a`, null, OURS],
    ["PUT /upload/storage/v1/b/acme-reports/o?upload_id=x", null, FURTHER],
    ["GET /bigquery/v2/projects", null, "outside_grant"],
  ]);
});

describe("a grant that is kept to single repositories", () => {
  kept(github, ["repo", "read:user"], { repository: ["acme/site", "acme/docs"] }, [
    ["GET /repos/acme/site/issues", null, "repository:acme/site"],
    ["HEAD /repos/acme/docs", null, "repository:acme/docs"],
    ["GET /repos/ACME/Site/issues", null, "repository:ACME/Site"],
    ["GET /repos/acme/s%69te/issues", null, "repository:acme/site"],
    ["PUT /repos/acme/site/contents/a.md", null, "repository:acme/site"],
    ["GET /repos/acme/secret/issues", null, OURS],
    ["GET /repos/acme/site2", null, OURS],
    ["DELETE /repos/other/site/labels/x", null, OURS],
    ["GET /search/issues?q=repo:acme/site", null, NONE],
    ["GET /issues", null, NONE],
    ["GET /user/repos", null, NONE],
    ["POST /user/repos", json({ name: "site" }), NONE],
    ["POST /repos/acme/site/forks", null, FURTHER],
    ["GET /repos/acme/site/compare/main...dev", null, "repository:acme/site"],
    ["GET /repos/acme/site/compare/main...evil:dev", null, FURTHER],
    ["GET /repos/acme/site/compare/main...evil%3Adev", null, FURTHER],
    ["GET /repos/acme/site/issues/1/timeline", null, FURTHER],
    ["POST /repos/acme/site/pulls", json({ head: "a", base: "b" }), "repository:acme/site"],
    ["POST /repos/acme/site/pulls", json({ head: "a", base: "b", head_repo: "secret" }), UNCLEAR],
    ["GET /user", null, "apart"],
    ["GET /repos/acme/site/actions/secrets", null, "unknown_call"],
    ["GET /repos/acme/site/tarball", null, "exception"],
  ]);
  kept(githubAppUser, ["issues:write", "profile:read"], { repository: ["acme/site"] }, [
    ["PATCH /repos/acme/site/issues/7", null, "repository:acme/site"],
    ["PATCH /repos/acme/docs/issues/7", null, OURS],
    ["GET /orgs/acme/issues", null, NONE],
    ["GET /user", null, "apart"],
  ]);
});

describe("a grant that is kept to single projects", () => {
  kept(gitlab, ["merge_requests:write", "code:write", "issues:write", "read_user"], { project: ["42"] }, [
    ["GET /api/v4/projects/42/issues", null, "project:42"],
    ["GET /api/v4/projects/43/issues", null, OURS],
    ["GET /api/v4/projects/042/issues", null, UNCLEAR],
    ["GET /api/v4/issues", null, NONE],
    ["GET /api/v4/groups/42/issues", null, NONE],
    ["POST /api/v4/projects/42/merge_requests", json({ target_project_id: 42 }), "project:42"],
    ["POST /api/v4/projects/42/merge_requests", json({ title: "x" }), "project:42"],
    ["POST /api/v4/projects/42/merge_requests", json({ target_project_id: 43 }), OURS],
    ["POST /api/v4/projects/42/merge_requests?target_project_id=43", form("title=x"), OURS],
    ["POST /api/v4/projects/42/merge_requests", form("target_project_id=42&target_project_id=43"), UNCLEAR],
    ["POST /api/v4/projects/42/merge_requests", { contentType: "multipart/form-data; boundary=x", text: "--x" }, UNCLEAR],
    ["POST /api/v4/projects/42/repository/commits", json({ start_project: 43 }), OURS],
    ["GET /api/v4/projects/42/repository/compare?from_project_id=43", null, OURS],
    ["GET /api/v4/projects/42/issues/1/links", null, FURTHER],
    ["GET /api/v4/user", null, "apart"],
  ]);
  kept(jira, ["read:jira-work", "write:jira-work"], { project: ["ACME"] }, [
    ["GET /rest/api/3/issue/ACME-12", null, "project:ACME"],
    ["GET /rest/api/2/issue/acme-12/comment", null, "project:acme"],
    ["POST /rest/api/3/issue/ACME-12/comment", json({ body: {} }), "project:ACME"],
    ["GET /rest/api/3/issue/SECRET-1", null, OURS],
    ["GET /rest/api/3/issue/10012", null, UNCLEAR],
    ["GET /rest/api/3/project/ACME", null, "project:ACME"],
    ["GET /rest/api/3/project/search", null, OURS],
    ["GET /rest/api/3/search/jql?jql=project=ACME", null, NONE],
    ["POST /rest/api/3/issue", json({ fields: { project: { key: "ACME" } } }), NONE],
    ["POST /rest/api/3/issue/bulk", json({}), UNCLEAR],
    ["POST /rest/api/3/issueLink", json({}), NONE],
  ]);
  kept(jira, ["read:jira-work"], { project: ["SEARCH"] }, [["GET /rest/api/3/project/search", null, FURTHER]]);
  kept(sentry, ["event:write", "project:write"], { project: ["acme/web"] }, [
    ["GET /api/0/projects/acme/web/issues", null, "project:acme/web"],
    ["PUT /api/0/projects/acme/web", null, "project:acme/web"],
    ["GET /api/0/projects/acme/api/issues", null, OURS],
    ["GET /api/0/organizations/acme/issues", null, NONE],
    ["PUT /api/0/issues/7", null, NONE],
  ]);
});

describe("a grant that is kept to single channels", () => {
  kept(slack, ["channels:history", "channels:read", "chat:write", "users:read"], { channel: ["C024BE91L"] }, [
    ["GET /conversations.history?channel=C024BE91L", null, "channel:C024BE91L"],
    ["POST /conversations.history", form("channel=C024BE91L&limit=5"), "channel:C024BE91L"],
    ["POST /chat.postMessage", json({ channel: "C024BE91L", text: "x" }), "channel:C024BE91L"],
    ["POST /chat.postMessage", { ...json({ channel: "C024BE91L" }), contentType: "application/json; charset=utf-8" }, "channel:C024BE91L"],
    ["POST /chat.postMessage", json({ channel: "C0OTHER99", text: "x" }), OURS],
    ["POST /chat.postMessage", json({ channel: "#general" }), UNCLEAR],
    ["POST /chat.postMessage", json({ channel: "U024BE91L" }), UNCLEAR],
    ["POST /chat.postMessage", json({ channel: ["C024BE91L"] }), UNCLEAR],
    ["POST /chat.postMessage", json({ text: "x" }), NONE],
    ["POST /chat.postMessage?channel=C0OTHER99", json({ channel: "C024BE91L" }), UNCLEAR],
    ["POST /chat.postMessage", form("channel=C024BE91L&channel=C0OTHER99"), UNCLEAR],
    ["POST /chat.postMessage", form("channel=C024BE91L&channel[]=C0OTHER99"), UNCLEAR],
    ["POST /chat.postMessage", form("channel=C024BE91L;channel=C0OTHER99"), UNCLEAR],
    ["POST /chat.postMessage", form("Channel=C024BE91L"), UNCLEAR],
    ["POST /chat.postMessage", { contentType: "application/json", text: '{"channel":"C024BE91L","channel":"C0OTHER99"}' }, UNCLEAR],
    ["POST /chat.postMessage", { contentType: "application/json", text: '{"channel":"C024BE91L","ch\\u0061nnel":"C0OTHER99"}' }, UNCLEAR],
    ["POST /chat.postMessage", { contentType: null, text: "channel=C024BE91L" }, UNCLEAR],
    ["POST /chat.postMessage", { contentType: "application/x-www-form-urlencoded; charset=utf-7", text: "channel=C024BE91L" }, UNCLEAR],
    ["GET /conversations.list", null, NONE],
    ["GET /users.conversations", null, NONE],
    ["GET /users.list", null, "apart"],
  ]);
  it("takes a body that was not read for one that may name another", () => {
    const call: Call = { method: "POST", path: "/chat.postMessage", query: "channel=C024BE91L" };
    expect(decideCall(slack, ["chat:write"], call, { resources: { channel: ["C024BE91L"] } })).toMatchObject({ reason: UNCLEAR });
  });
});

const FILE = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms";
const OTHER = "1OtherVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms";
const A = "https://www.googleapis.com/auth";
describe("a grant that is kept to single files", () => {
  kept(google, [`${A}/drive`, `${A}/gmail.readonly`], { file: [FILE] }, [
    [`GET /drive/v3/files/${FILE}?alt=media`, null, `file:${FILE}`],
    [`GET /drive/v3/files/${OTHER}`, null, OURS],
    ["GET /drive/v3/files", null, NONE],
    [`POST /v1/documents/${FILE}:batchUpdate`, json({}), `file:${FILE}`],
    [`POST /v1/documents/${OTHER}:batchUpdate`, json({}), OURS],
    [`POST /v1/documents/${FILE}%3AbatchUpdate`, json({}), `file:${FILE}`],
    [`GET /v4/spreadsheets/${FILE}/values/A1:B2`, null, `file:${FILE}`],
    [`POST /v4/spreadsheets/${FILE}/sheets/1:copyTo`, json({ destinationSpreadsheetId: OTHER }), OURS],
    [`POST /v4/spreadsheets/${FILE}/sheets/1:copyTo`, json({ destinationSpreadsheetId: FILE }), `file:${FILE}`],
    [`POST /drive/v3/files/${FILE}/copy`, null, FURTHER],
    [`PUT /upload/drive/v3/files/${FILE}?upload_id=x`, null, FURTHER],
    [`PATCH /upload/drive/v3/files/${FILE}`, null, `file:${FILE}`],
    ["POST /v1/documents", json({}), NONE],
    ["GET /gmail/v1/users/me/messages", null, "apart"],
  ]);
  kept(google, [`${A}/calendar`], { calendar: ["team@example.com"] }, [
    ["GET /calendar/v3/calendars/team@example.com/events", null, "calendar:team@example.com"],
    ["GET /calendar/v3/calendars/team%40example.com/events", null, "calendar:team@example.com"],
    ["GET /calendar/v3/calendars/primary/events", null, OURS],
    ["POST /calendar/v3/calendars/team@example.com/events/1/move?destination=primary", null, OURS],
    ["POST /calendar/v3/calendars/team@example.com/events/1/move?destination=primary", { contentType: "text/plain", text: "x" }, UNCLEAR],
    ["POST /calendar/v3/freeBusy", json({ items: [{ id: "primary" }] }), NONE],
    ["GET /calendar/v3/users/me/calendarList", null, NONE],
    ["GET /calendar/v3/users/me/settings", null, "apart"],
  ]);
  kept(figma, ["file_content:read", "current_user:read"], { file: ["hX9kLmN2pQrStUvWxYz012"] }, [
    ["GET /v1/files/hX9kLmN2pQrStUvWxYz012/nodes", null, "file:hX9kLmN2pQrStUvWxYz012"],
    ["GET /v1/images/hX9kLmN2pQrStUvWxYz012", null, "file:hX9kLmN2pQrStUvWxYz012"],
    ["GET /v1/images/AAAAAAAAAAAAAAAAAAAAAA", null, OURS],
    ["GET /v1/me", null, "apart"],
  ]);
  kept(airtable, ["data.records:read", "schema.bases:read"], { base: ["appLkNDICXNqxSDhG"] }, [
    ["GET /v0/appLkNDICXNqxSDhG/Tasks", null, "base:appLkNDICXNqxSDhG"],
    ["GET /v0/meta/bases/appLkNDICXNqxSDhG/tables", null, "base:appLkNDICXNqxSDhG"],
    ["GET /v0/appOtherAAAAAAAAAA/Tasks", null, OURS],
    ["GET /v0/meta/bases", null, NONE],
  ]);
});

describe("a grant that is kept to something", () => {
  const bounds = { resources: { issue: ["7"] } };
  const rpc = (...calls: unknown[]): Call => ({ method: "POST", path: "/rpc", query: "", body: json(calls) });
  const get = (issue: unknown) => ({ jsonrpc: "2.0", id: 1, method: "issues.get", params: { issue } });

  it("holds every call in a batch to it", () => {
    expect(decideCall(demo, ["issues:read"], rpc(get(7), get("7")), bounds)).toMatchObject({
      verdict: "allow",
      calls: 2,
      resources: ["issue:7"],
    });
    expect(decideCall(demo, ["issues:read"], rpc(get(7), get(8)), bounds)).toMatchObject({
      reason: OURS,
      smallestResource: "issue:8",
      smallestScope: "issues:read",
      sentence: "Call 2 of 2 in this batch, so none was sent: This grant is for issue 7 alone. This call is about something else.",
    });
    expect(decideCall(demo, ["issues:read"], rpc(get(7), { jsonrpc: "2.0", id: 1, method: "issues.list" }), bounds)).toMatchObject({
      reason: NONE,
    });
    expect(decideCall(demo, ["issues:read"], rpc({ jsonrpc: "2.0", method: "issues.get", params: [8] }), bounds)).toMatchObject({
      reason: UNCLEAR,
    });
  });

  it("opens no GraphQL of a scope that it governs", () => {
    const call: Call = { method: "POST", path: "/graphql", body: json({}), graphql: { kind: "query", rootFields: ["issues"] } };
    expect(decideCall(demo, ["issues:read"], call, bounds)).toMatchObject({ reason: NONE });
    expect(decideCall(demo, ["profile:read"], { ...call, graphql: { kind: "query", rootFields: ["viewer"] } }, bounds)).toMatchObject({
      verdict: "allow",
    });
  });

  it("opens nothing when the kind is one that the connector no longer knows", () => {
    const verdict = decideCall(demo, ["issues:read"], { method: "GET", path: "/api/issues/7" }, { resources: { gone: ["7"] } });
    expect(verdict).toMatchObject({ verdict: "deny", reason: UNCLEAR });
  });

  it("says what it is for, shortly", () => {
    const many = { resources: { issue: ["1", "2", "3", "4", "5", "6", "8"] } };
    expect(decideCall(demo, ["issues:read"], { method: "GET", path: "/api/issues" }, many)).toMatchObject({
      sentence: "This grant is for issue 1, 2, 3, 4, 5 and 2 more alone. This call names none of them, so it could reach others.",
    });
  });
});
