import jsforce from "jsforce";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type StrictApi, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, startValet } from "./valet";

const client = { id: "salesforce-client", secret: "salesforce-secret" };
const INSTANCE = "acme.my.salesforce.com";
const ME = { user_id: "005", organization_id: "00D1", preferred_username: "ada@example.com" };
const DATA = "/services/data/v59.0";
const record = (name: string) => ({ attributes: { type: "Account", url: `${DATA}/sobjects/Account/001` }, Id: "001", Name: name });

let saas: StrictApi;
let valet: DropinValet;
beforeAll(async () => {
  saas = await startStrictApi({
    client,
    tokenPath: "/services/oauth2/token",
    tokenAnswer: ({ accessToken, refreshToken, scope }) => ({
      ...{ access_token: accessToken, refresh_token: refreshToken, scope, token_type: "Bearer" },
      ...{ instance_url: `https://${INSTANCE}`, id: "https://login.salesforce.com/id/00D1/005" },
    }),
    routes: [
      { method: "GET", path: /^\/services\/oauth2\/userinfo$/, answer: () => ({ json: ME }) },
      {
        method: "GET",
        path: new RegExp(`^${DATA}/query$`),
        answer: () => ({ json: { totalSize: 2, done: false, nextRecordsUrl: `${DATA}/query/01g-1`, records: [record("One")] } }),
      },
      {
        method: "GET",
        path: new RegExp(`^${DATA}/query/01g-1$`),
        answer: () => ({ json: { totalSize: 2, done: true, records: [record("Two")] } }),
      },
      {
        method: "POST",
        path: new RegExp(`^${DATA}/sobjects/Account$`),
        answer: () => ({ status: 201, json: { id: "002", success: true } }),
      },
    ],
  });
  valet = await startValet(async () => ({
    connector: "salesforce",
    connected: ["api"],
    client,
    tenant: "login",
    hosts: { "login.salesforce.com": saas.url, [INSTANCE]: saas.url },
    consent: saas.consent,
  }));
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

it("jsforce queries, follows the next records, and its write is refused in its own words", async () => {
  const lent = await valet.lend(["records:read"]);
  const before = saas.calls.length;
  const salesforce = new jsforce.Connection({ instanceUrl: valet.base, accessToken: lent.token, version: "59.0" });
  const found = await salesforce.query<{ Name: string }>("SELECT Id, Name FROM Account", { autoFetch: true, maxFetch: 10 });
  expect(found.records.map(({ Name }) => Name)).toEqual(["One", "Two"]);
  const refused = await salesforce
    .sobject("Account")
    .create({ Name: "Not lent" })
    .catch((error: unknown) => error);
  expect(String(refused)).toContain("which was not lent");

  const seen = saas.calls.slice(before);
  expect(seen.map(({ method, path, credential, foreign }) => [method, path, credential, foreign])).toEqual([
    ["GET", `${DATA}/query`, "right", false],
    ["GET", `${DATA}/query/01g-1`, "right", false],
  ]);
  expect((await lent.rows()).at(-1)).toBe(`POST ${DATA}/sobjects/Account: refused (outside_grant)`);
});
