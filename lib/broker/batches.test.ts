import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, send, usesOf } from "../testing/builders";
import { type Elsewhere, elsewhere } from "../testing/elsewhere";

let there: Elsewhere;
beforeAll(async () => {
  there = await elsewhere(["microsoft", "google", "asana", "salesforce", "slack"]);
});
afterAll(() => there.close());

const A = "https://www.googleapis.com/auth";
const DATA = "/services/data/v62.0";
const json = "application/json";
const part = (request: string) => `--b1\r\nContent-Type: application/http\r\n\r\n${request}\r\n`;

/** What a batch is sent as: oddly spaced, so that a body which was written anew would show. */
const CASES = [
  {
    connector: "microsoft",
    held: ["Mail.ReadWrite"],
    scopes: ["Mail.Read"],
    path: "/v1.0/$batch",
    type: json,
    good: '{ "requests" : [ {"id":"1","method":"GET","url":"/me/messages"} ] }',
    bad: '{ "requests" : [ {"id":"1","method":"GET","url":"/me/messages"}, {"id":"2","method":"DELETE","url":"/me/messages/7"} ] }',
  },
  {
    connector: "google",
    held: [`${A}/gmail.modify`],
    scopes: [`${A}/gmail.readonly`],
    path: "/batch/gmail/v1",
    type: "multipart/mixed; boundary=b1",
    good: `${part("GET /gmail/v1/users/me/labels\r\n")}--b1--\r\n`,
    bad: `${part("GET /gmail/v1/users/me/labels\r\n")}${part("POST /gmail/v1/users/me/messages/1/trash\r\n")}--b1--\r\n`,
  },
  {
    connector: "asana",
    held: ["default"],
    scopes: ["tasks:read"],
    path: "/batch",
    type: json,
    good: '{ "data" : {"actions":[{"relative_path":"/tasks/7","method":"get"}]} }',
    bad: '{ "data" : {"actions":[{"relative_path":"/tasks/7","method":"get"},{"relative_path":"/tasks/7","method":"delete"}]} }',
  },
  {
    connector: "salesforce",
    held: ["api"],
    scopes: ["records:read"],
    path: `${DATA}/composite/batch`,
    type: json,
    good: '{ "batchRequests" : [{"method":"GET","url":"v62.0/sobjects/Account/1"}] }',
    bad: '{ "batchRequests" : [{"method":"GET","url":"v62.0/sobjects/Account/1"},{"method":"DELETE","url":"v62.0/sobjects/Account/1"}] }',
  },
] as const;

describe.each(CASES)("a batch to $connector through the gateway", ({ connector, held, scopes, path, type, good, bad }) => {
  it("arrives byte for byte as it was judged, and its row lists what was in it", async () => {
    const lent = await there.lend(connector, held, { scopes: [...scopes] });
    const token = await accessToken(there.core, lent);
    const init = (body: string) => ({ method: "POST", body, headers: { authorization: `Bearer ${token}`, "content-type": type } });
    const answer = await send(there.core, `/proxy/${connector}${path}`, init(good));
    expect(answer.status).toBe(200);
    expect(there.arrived.at(-1)).toMatchObject({
      method: "POST",
      url: path,
      body: good,
      headers: { "content-type": type, "content-length": String(good.length) },
    });
    const uses = (await usesOf(there.core, lent.grantId)).filter((row) => row.event === "gateway.call");
    expect(uses).toMatchObject([
      { decision: "allowed", detail: { calls: 1, writes: 0, inner: [{ method: "GET", path: expect.any(String) }] } },
    ]);
  });

  it("does not arrive when one call in it was not lent", async () => {
    const lent = await there.lend(connector, held, { scopes: [...scopes] });
    const token = await accessToken(there.core, lent);
    const before = there.arrived.length;
    const headers = { authorization: `Bearer ${token}`, "content-type": type };
    const answer = await send(there.core, `/proxy/${connector}${path}`, { method: "POST", body: bad, headers });
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { code: "not_allowed", reason: "outside_grant", detail: expect.stringMatching(/^Call 2 of 2 in this batch, so none was sent: /) },
    ]);
    expect(there.arrived.length).toBe(before);
  });
});

describe("a call that is kept to one channel", () => {
  it("arrives as it was judged, from the query or from a form, and otherwise not at all", async () => {
    const held = ["channels:history", "chat:write"];
    const lent = await there.lend("slack", held, { scopes: held, bounds: { resources: { channel: ["C024BE91L"] } } });
    const token = await accessToken(there.core, lent);
    const post = (body: string, query = "") =>
      send(there.core, `/proxy/slack/chat.postMessage${query}`, {
        method: "POST",
        body,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
      });
    const body = "text=Hello+%3B+you&channel=C024BE91L&";
    expect((await post(body)).status).toBe(200);
    expect(there.arrived.at(-1)).toMatchObject({ body, headers: { authorization: "Bearer token-of-slack" } });
    const before = there.arrived.length;
    for (const [odd, query] of [
      ["text=x&channel=C0OTHER99"],
      ["text=x&channel=C024BE91L&channel=C0OTHER99"],
      ["text=x"],
      ["channel=C024BE91L", "?channel=C0OTHER99"],
    ] as const)
      expect((await post(odd, query)).status).toBe(403);
    expect(there.arrived.length).toBe(before);
  });
});
