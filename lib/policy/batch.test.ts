import { describe, expect, it } from "vitest";
import { asana } from "../connectors/asana";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { google } from "../connectors/google";
import { microsoft } from "../connectors/microsoft";
import { salesforce } from "../connectors/salesforce";
import { decideCall } from "./decide";

const JSON_TYPE = "application/json";
const DATA = "/services/data/v62.0";

function decide(
  connector: Connector,
  path: string,
  scopes: string[],
  text: string,
  contentType: string | null = JSON_TYPE,
  method = "POST",
) {
  return decideCall(connector, scopes, { method, path, query: "", body: { contentType, text } });
}

/** What was decided in a line: the calls inside that were opened, or the reason against it. */
function outcome(...given: Parameters<typeof decide>): string {
  const verdict = decide(...given);
  if (verdict.verdict === "allow")
    return (verdict.inner ?? []).map(({ method, path, rpc }) => `${method} ${path}${rpc ? ` ${rpc}` : ""}`).join(", ");
  return verdict.verdict === "deny" ? verdict.reason : verdict.verdict;
}

describe("a batch at Microsoft Graph", () => {
  const send = (...requests: unknown[]) =>
    outcome(microsoft, "/v1.0/$batch", ["Mail.Read", "Calendars.Read"], JSON.stringify({ requests }));
  const read = { id: "1", method: "GET", url: "/me/messages?$top=5" };

  it("is opened when every call in it is, and says which those were", () => {
    const body = JSON.stringify({
      requests: [read, { id: "2", method: "get", url: "/me/events", headers: { Prefer: "outlook.timezone" }, dependsOn: ["1"] }],
    });
    expect(decide(microsoft, "/v1.0/$batch", ["Mail.Read", "Calendars.Read"], body)).toMatchObject({
      verdict: "allow",
      scope: "Mail.Read",
      calls: 2,
      writes: 0,
      inner: [
        { method: "GET", path: "/v1.0/me/messages/**", scope: "Mail.Read" },
        { method: "GET", path: "/v1.0/me/events/**", scope: "Calendars.Read" },
      ],
    });
  });

  it("is refused as a whole for one call that was not lent, and says which and what would have done", () => {
    const body = JSON.stringify({ requests: [read, { id: "2", method: "POST", url: "/me/sendMail", body: {} }] });
    expect(decide(microsoft, "/v1.0/$batch", ["Mail.Read"], body)).toEqual({
      verdict: "deny",
      reason: "outside_grant",
      smallestScope: "Mail.Send",
      rule: { methods: ["POST"], path: "/v1.0/me/sendMail" },
      sentence:
        'Call 2 of 2 in this batch, so none was sent: This grant may read your mail. This call needs "Send mail as you" (Mail.Send), which was not lent.',
    });
  });

  it("counts its writes, and is as strong as the strongest call in it", () => {
    const body = JSON.stringify({
      requests: [read, { id: "2", method: "POST", url: "/me/messages", body: {} }, { id: "3", method: "DELETE", url: "/me/messages/7" }],
    });
    expect(decide(microsoft, "/v1.0/$batch", ["Mail.ReadWrite"], body)).toMatchObject({ scope: "drafts:create", calls: 3, writes: 2 });
  });

  it.each([
    ["another batch", { ...read, url: "/$batch", method: "POST" }, "batch_unreadable"],
    ["what is never sent", { ...read, url: "/me/drive/special/approot" }, "exception"],
    ["what nobody knows", { ...read, url: "/users/ada/messages" }, "unknown_call"],
    ["an address with a host", { ...read, url: "https://graph.microsoft.com/v1.0/me/messages" }, "batch_unreadable"],
    ["an address of another host", { ...read, url: "//evil.example/me/messages" }, "batch_unreadable"],
    ["an address without its slash", { ...read, url: "me/messages" }, "batch_unreadable"],
    ["an authorization of its own", { ...read, headers: { Authorization: "Bearer x" } }, "batch_unreadable"],
    ["a method override", { ...read, headers: { "X-HTTP-Method-Override": "DELETE" } }, "batch_unreadable"],
    ["somebody else", { ...read, headers: { "x-ms-client-principal": "x" } }, "batch_unreadable"],
    ["a method nobody forwards", { ...read, method: "TRACE" }, "batch_unreadable"],
    ["a member that is not documented", { ...read, atomicityGroup: "g" }, "batch_unreadable"],
    ["no id", { method: "GET", url: "/me/messages" }, "batch_unreadable"],
    ["no object", "GET /me/messages", "batch_unreadable"],
  ])("is refused with %s in it", (_what, request, reason) => {
    expect(send(request)).toBe(reason);
  });

  it("refuses a path in it that can be read in two ways, as anywhere", () => {
    expect(() => send({ ...read, url: "/me/messages/../../admin" })).toThrowError(/read in more than one way/);
    expect(() => send({ ...read, url: "/me/messages?access_token=x" })).toThrowError(/Leave tokens out/);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no calls", '{"requests":[]}'],
    ["something beside the calls", '{"requests":[],"x":1}'],
    ["its calls twice", `{"requests":[${JSON.stringify(read)}],"Requests":[]}`],
    ["a member twice inside", '{"requests":[{"id":"1","method":"GET","url":"/me/messages","url":"/me/sendMail"}]}'],
    ["an id twice", JSON.stringify({ requests: [read, read] })],
    ["too deep a nest", `{"requests":[${JSON.stringify({ ...read, body: JSON.parse(`${"[".repeat(30)}${"]".repeat(30)}`) })}]}`],
    ["more than twenty calls", JSON.stringify({ requests: Array.from({ length: 21 }, (_, id) => ({ ...read, id })) })],
  ])("is refused with %s as its body", (_what, text) => {
    expect(outcome(microsoft, "/v1.0/$batch", ["Mail.Read"], text)).toBe("batch_unreadable");
  });

  it("is refused in another type or spelling than it is read in, and when it was not read", () => {
    const text = JSON.stringify({ requests: [read] });
    for (const type of [null, "text/plain", "application/json; charset=utf-16", "application/json, text/plain"])
      expect(outcome(microsoft, "/v1.0/$batch", ["Mail.Read"], text, type)).toBe("batch_unreadable");
    expect(outcome(microsoft, "/v1.0/$BATCH", ["Mail.Read"], text)).toBe("batch_unreadable");
    expect(decideCall(microsoft, ["Mail.Read"], { method: "POST", path: "/v1.0/$batch" })).toMatchObject({ reason: "batch_unreadable" });
  });
});

describe("a batch at Google", () => {
  const READ = ["https://www.googleapis.com/auth/gmail.readonly"];
  const type = "multipart/mixed; boundary=b1";
  const part = (request: string, headers = "Content-Type: application/http\r\nContent-ID: <1>") =>
    `--b1\r\n${headers}\r\n\r\n${request}\r\n`;
  const whole = (...parts: string[]) => `${parts.join("")}--b1--\r\n`;
  const send = (text: string, contentType: string | null = type) => outcome(google, "/batch/gmail/v1", READ, text, contentType);
  const get = part("GET /gmail/v1/users/me/messages/1?format=full HTTP/1.1\r\nAccept: application/json\r\n");

  it("is opened when every request in it is, with either line end", () => {
    const text = whole(get, part("GET /gmail/v1/users/me/labels\r\n"));
    expect(send(text)).toBe("GET /gmail/v1/users/*/messages/**, GET /gmail/v1/users/*/labels");
    expect(send(text.replaceAll("\r\n", "\n"))).toBe("GET /gmail/v1/users/*/messages/**, GET /gmail/v1/users/*/labels");
    expect(send(text, 'multipart/mixed; boundary="b1"')).toContain("GET");
  });

  it("is refused for one request that was not lent", () => {
    expect(send(whole(get, part("POST /gmail/v1/users/me/messages/send\r\nContent-Type: application/json\r\n\r\n{}")))).toBe(
      "outside_grant",
    );
    expect(send(whole(get, part("POST /gmail/v1/users/me/watch\r\n\r\n{}")))).toBe("exception");
  });

  it.each([
    ["another API", part("GET /drive/v3/files\r\n")],
    ["a host", part("GET https://gmail.googleapis.com/gmail/v1/users/me/labels\r\n")],
    ["an authorization of its own", part("GET /gmail/v1/users/me/labels\r\nAuthorization: Bearer x\r\n")],
    ["a method override", part("GET /gmail/v1/users/me/labels\r\nX-HTTP-Method-Override: DELETE\r\n")],
    ["a folded header", part("GET /gmail/v1/users/me/labels\r\nAccept: a\r\n b\r\n")],
    ["a header twice", part("GET /gmail/v1/users/me/labels\r\nAccept: a\r\nAccept: b\r\n")],
    ["chunks", part("GET /gmail/v1/users/me/labels\r\nTransfer-Encoding: chunked\r\n")],
    ["a second request behind the first", part("GET /gmail/v1/users/me/labels\r\n\r\nDELETE /gmail/v1/users/me/messages/1\r\n")],
    [
      "a length that ends it early",
      part("POST /gmail/v1/users/me/labels\r\nContent-Length: 2\r\n\r\n{}\r\nDELETE /gmail/v1/users/me/messages/1\r\n"),
    ],
    ["a batch", part("POST /batch/gmail/v1\r\n\r\n{}")],
    ["another kind of part", part("GET /gmail/v1/users/me/labels\r\n", "Content-Type: text/plain")],
    [
      "a coding of its own",
      part("GET /gmail/v1/users/me/labels\r\n", "Content-Type: application/http\r\nContent-Transfer-Encoding: base64"),
    ],
    ["no type", part("GET /gmail/v1/users/me/labels\r\n", "Content-ID: <1>")],
  ])("is refused with %s in it", (_what, odd) => {
    expect(send(whole(get, odd))).toBe("batch_unreadable");
  });

  it.each([
    ["no parts", whole()],
    ["no end", get],
    ["something before it", `GET /x\r\n${whole(get)}`],
    ["something behind it", `${whole(get)}--b1\r\n`],
    ["the boundary inside a line", whole(part("GET /gmail/v1/users/me/labels?q=--b1\r\n"))],
    ["a longer boundary", whole(get, "--b12\r\n")],
    ["a bare carriage return", whole(part("GET /gmail/v1/users/me/labels\rX: y\r\n"))],
    ["a zero", whole(part("GET /gmail/v1/users/me/labels\r\nAccept: a\0\r\n"))],
    ["more than a hundred parts", whole(...Array.from({ length: 101 }, () => get))],
  ])("is refused with %s", (_what, text) => {
    expect(send(text)).toBe("batch_unreadable");
  });

  it("is refused without a plain boundary", () => {
    for (const odd of [
      null,
      "multipart/mixed",
      "multipart/form-data; boundary=b1",
      "multipart/mixed; boundary=b1; boundary=b2",
      "multipart/mixed; boundary=",
    ])
      expect(send(whole(get), odd)).toBe("batch_unreadable");
  });
});

describe("a batch at Asana", () => {
  const send = (...actions: unknown[]) => outcome(asana, "/batch", ["tasks:read", "stories:write"], JSON.stringify({ data: { actions } }));

  it("is opened when every action in it is", () => {
    expect(
      send(
        { relative_path: "/tasks/7", method: "get", options: { fields: ["name"] } },
        { relative_path: "/tasks/7/stories", method: "post", data: { text: "x" } },
      ),
    ).toBe("GET /tasks/*, POST /tasks/*/stories");
  });

  it("is refused for one action that was not lent, and for what cannot be told", () => {
    expect(send({ relative_path: "/tasks/7", method: "delete" })).toBe("outside_grant");
    expect(send({ relative_path: "/batch", method: "post", data: {} })).toBe("batch_unreadable");
    expect(send({ relative_path: "https://app.asana.com/api/1.0/tasks/7", method: "get" })).toBe("batch_unreadable");
    expect(send({ relative_path: "/tasks/7", method: "get", options: { method: "delete" } })).toBe("batch_unreadable");
    expect(send(...Array.from({ length: 11 }, () => ({ relative_path: "/tasks/7", method: "get" })))).toBe("batch_unreadable");
    expect(() => send({ relative_path: "/tasks/7?opt_method=delete", method: "get" })).toThrowError(/may not replace/);
  });
});

describe("a composite at Salesforce", () => {
  const WRITE = ["records:write"];

  it("of subrequests is opened when each is, and refused when an address is filled in only when it is run", () => {
    const send = (...compositeRequest: unknown[]) =>
      outcome(salesforce, `${DATA}/composite`, WRITE, JSON.stringify({ allOrNone: true, compositeRequest }));
    const create = { method: "POST", url: `${DATA}/sobjects/Account`, referenceId: "a", body: { Name: "x" } };
    expect(send(create, { method: "GET", url: `${DATA}/query?q=SELECT+Id+FROM+Account`, referenceId: "b" })).toBe(
      "POST /services/data/v*/sobjects/*, GET /services/data/v*/query",
    );
    expect(send({ ...create, url: `${DATA}/sobjects/@{a.type}` })).toBe("batch_unreadable");
    expect(send({ ...create, url: `${DATA}/sobjects/PermissionSetAssignment` })).toBe("exception");
    expect(send({ ...create, url: "/services/apexrest/x" })).toBe("exception");
    expect(send({ ...create, url: `${DATA}/composite` })).toBe("batch_unreadable");
    expect(send({ ...create, httpHeaders: { Authorization: "x" } })).toBe("batch_unreadable");
    expect(send({ method: "DELETE", url: `${DATA}/limits`, referenceId: "c" })).toBe("unknown_call");
  });

  it("batch is opened when each is, from the version on", () => {
    const send = (...batchRequests: unknown[]) => outcome(salesforce, `${DATA}/composite/batch`, WRITE, JSON.stringify({ batchRequests }));
    expect(send({ method: "PATCH", url: "v62.0/sobjects/Account/001", richInput: { Name: "x" } })).toBe(
      "PATCH /services/data/v*/sobjects/*/*",
    );
    expect(send({ method: "DELETE", url: "v62.0/sobjects/User/005" })).toBe("exception");
    expect(send({ method: "GET", url: "v62.0/query", binaryPartName: "x" })).toBe("batch_unreadable");
  });

  it("tree creates a record of each type in it", () => {
    const send = (record: unknown) => outcome(salesforce, `${DATA}/composite/tree/Account`, WRITE, JSON.stringify({ records: [record] }));
    const account = { attributes: { type: "Account", referenceId: "a" }, Name: "x" };
    const child = (type: string) => ({ records: [{ attributes: { type, referenceId: "b" }, LastName: "y" }] });
    expect(send({ ...account, Contacts: child("Contact") })).toBe("POST /services/data/v*/sobjects/*, POST /services/data/v*/sobjects/*");
    expect(send({ ...account, Owners: child("User") })).toBe("exception");
    expect(send({ ...account, attributes: { type: "Contact" } })).toBe("batch_unreadable");
    expect(send({ ...account, Odd: { Name: "x" } })).toBe("batch_unreadable");
    expect(send({ Name: "x" })).toBe("batch_unreadable");
  });

  it("of records is judged by the type of each, and refused where ids alone are named", () => {
    const send = (record: unknown, method = "POST") =>
      outcome(salesforce, `${DATA}/composite/sobjects`, WRITE, JSON.stringify({ records: [record] }), JSON_TYPE, method);
    const record = { attributes: { type: "Account" }, Name: "x" };
    expect(send(record)).toBe("POST /services/data/v*/sobjects/*");
    expect(send({ ...record, id: "001D000000IqhSL" }, "PATCH")).toBe("PATCH /services/data/v*/sobjects/*/*");
    expect(send(record, "PATCH")).toBe("batch_unreadable");
    expect(send({ attributes: { type: "ApexClass" }, Body: "x" })).toBe("exception");
    expect(send({ ...record, Parent: { attributes: { type: "User" } } })).toBe("batch_unreadable");
    expect(decideCall(salesforce, WRITE, { method: "DELETE", path: `${DATA}/composite/sobjects`, query: "ids=1" })).toMatchObject({
      reason: "unknown_call",
    });
    expect(
      decideCall(salesforce, WRITE, { method: "POST", path: `${DATA}/composite/graph`, body: { contentType: JSON_TYPE, text: "{}" } }),
    ).toMatchObject({
      reason: "unknown_call",
    });
  });
});

describe("JSON-RPC", () => {
  const rpc = (method: unknown, params?: unknown) => ({ jsonrpc: "2.0", id: 1, method, ...(params === undefined ? {} : { params }) });
  const send = (body: unknown) => outcome(demo, "/rpc", ["issues:read"], JSON.stringify(body));

  it("is decided by the name of the method, one call or a list of them", () => {
    expect(send(rpc("issues.list"))).toBe("POST /rpc issues.list");
    expect(send([rpc("issues.list"), rpc("issues.get", { issue: 7 })])).toBe("POST /rpc issues.list, POST /rpc issues.get");
    expect(send([rpc("issues.list"), rpc("issues.delete", { issue: 7 })])).toBe("outside_grant");
    expect(send(rpc("rpc.discover"))).toBe("unknown_call");
  });

  it.each([
    ["another version", { ...rpc("issues.list"), jsonrpc: "1.0" }],
    ["no version", { method: "issues.list", id: 1 }],
    ["a method that is no text", rpc(["issues.list"])],
    ["a member that is not of it", { ...rpc("issues.list"), auth: "x" }],
    ["an empty list", []],
    ["lists in a list", [[rpc("issues.list")]]],
    ["no object", "issues.list"],
  ])("is refused with %s", (_what, body) => {
    expect(send(body)).toBe("batch_unreadable");
  });

  it("is refused where a member comes twice in another case, which some servers would take", () => {
    expect(outcome(demo, "/rpc", ["issues:read"], '{"jsonrpc":"2.0","id":1,"method":"issues.list","Method":"issues.delete"}')).toBe(
      "batch_unreadable",
    );
  });
});

describe("what is judged by its JSON", () => {
  it("is refused quickly when it breaks off, however it is made", () => {
    const begun = performance.now();
    for (const text of [`{"requests":"${'\\"'.repeat(400_000)}`, "[".repeat(900_000), `{"a":${'{"a":'.repeat(150_000)}`])
      expect(outcome(microsoft, "/v1.0/$batch", ["Mail.Read"], text)).toBe("batch_unreadable");
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it("has nothing to say beside its body: parameters in the address of a batch are refused", () => {
    const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "issues.list" });
    for (const path of ["/rpc?issue=8", "/rpc?method=issues.delete"])
      expect(decideCall(demo, ["issues:read"], { method: "POST", path, body: { contentType: JSON_TYPE, text } })).toMatchObject({
        reason: "batch_unreadable",
      });
  });
});
