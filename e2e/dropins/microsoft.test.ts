import { Client, type PageCollection, PageIterator } from "@microsoft/microsoft-graph-client";
import { Agent, type Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pretendInternet } from "../../lib/testing/internet";
import { type StrictApi, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, startValet } from "./valet";

const client = { id: "microsoft-client", secret: "microsoft-secret" };
const HOST = "valet.test";
const LINK = "https://graph.microsoft.com/v1.0/me/messages?$skip=1";

let saas: StrictApi;
let valet: DropinValet;
let usual: Dispatcher;
beforeAll(async () => {
  saas = await startStrictApi({
    client,
    tokenPath: "/common/oauth2/v2.0/token",
    tokenAnswer: ({ accessToken, refreshToken, scope }) => ({
      ...{ access_token: accessToken, refresh_token: refreshToken, scope, expires_in: 3600, token_type: "Bearer" },
    }),
    routes: [
      { method: "GET", path: /^\/oidc\/userinfo$/, answer: () => ({ json: { sub: "1", email: "ada@example.com" } }) },
      { method: "GET", path: /^\/v1\.0\/me$/, answer: () => ({ json: { displayName: "Ada", userPrincipalName: "ada@example.com" } }) },
      {
        method: "GET",
        path: /^\/v1\.0\/me\/messages$/,
        answer: ({ query }) => ({
          json: query.has("$skip") ? { value: [{ id: "m2" }] } : { "@odata.nextLink": LINK, value: [{ id: "m1", webLink: LINK }] },
        }),
      },
      { method: "POST", path: /^\/v1\.0\/me\/sendMail$/, answer: () => ({ status: 202 }) },
    ],
  });
  valet = await startValet(async () => ({
    connector: "microsoft",
    connected: ["User.Read", "Mail.Read", "Mail.Send"],
    client,
    hosts: { "login.microsoftonline.com": saas.url, "graph.microsoft.com": saas.url },
    // The package sends its token over https alone, and to hosts that it was told.
    publicUrl: `https://${HOST}`,
    consent: saas.consent,
  }));
  usual = getGlobalDispatcher();
  setGlobalDispatcher(pretendInternet(new Agent(), { [HOST]: valet.socket }));
});
afterAll(async () => {
  setGlobalDispatcher(usual);
  await Promise.all([valet.close(), saas.close()]);
});

it("the Microsoft Graph client reads and follows pages through the gateway, and its write is refused in its own words", async () => {
  const lent = await valet.lend(["User.Read", "Mail.Read"]);
  const before = saas.calls.length;
  const graph = Client.init({
    baseUrl: `${valet.base}/`,
    customHosts: new Set([HOST]),
    authProvider: (done) => done(null, lent.token),
  });
  expect(await graph.api("/me").get()).toMatchObject({ displayName: "Ada" });
  const first: PageCollection = await graph.api("/me/messages").get();
  expect(first["@odata.nextLink"]).toBe(`${valet.base}/v1.0/me/messages?$skip=1`);
  expect(first.value[0].webLink).toBe(LINK);
  const ids: string[] = [];
  await new PageIterator(graph, first, ({ id }) => ids.push(id) > 0).iterate();
  expect(ids).toEqual(["m1", "m2"]);
  const mail = { message: { subject: "Not lent" } };
  const refused = await graph
    .api("/me/sendMail")
    .post(mail)
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ statusCode: 403, code: "not_allowed", message: expect.stringContaining("which was not lent") });

  const seen = saas.calls.slice(before);
  expect(seen.map(({ method, path, query, credential, foreign }) => [method, path + query, credential, foreign])).toEqual([
    ["GET", "/v1.0/me", "right", false],
    ["GET", "/v1.0/me/messages", "right", false],
    ["GET", "/v1.0/me/messages?$skip=1", "right", false],
  ]);
  expect((await lent.rows()).at(-1)).toBe("POST /v1.0/me/sendMail: refused (outside_grant)");
});
