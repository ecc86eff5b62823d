import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demo } from "../connectors/demo";
import { accessToken, bearer, call, lend, usesOf, type World, world } from "../testing/builders";
import { type RawApi, startRawApi } from "../testing/rawApi";
import { downstreamHeaders, upstreamHeaders, withoutOwnToken } from "./headers";

let raw: RawApi;
let wild: World;
let here: World;
let token: string;
let wildToken: string;
let wildGrant: string;
beforeAll(async () => {
  raw = await startRawApi();
  wild = await world({ apiBaseUrl: `${raw.url}/v1` });
  here = await world();
  const lent = await lend(here, { delivery: "gateway", scopes: ["issues:read", "files:read"] });
  token = await accessToken(here.core, lent);
  const other = await lend(wild, { delivery: "gateway", scopes: ["issues:read", "issues:comment"] });
  wildToken = await accessToken(wild.core, other);
  wildGrant = other.grantId;
});
afterAll(async () => {
  await Promise.all([here.close(), wild.close()]);
  await raw.close();
});
beforeEach(() => raw.answer((_, response) => response.end("{}")));

const STRANGE = {
  cookie: "session=secret",
  forwarded: "for=1.2.3.4",
  via: "1.1 somewhere",
  "x-forwarded-for": "1.2.3.4",
  "x-forwarded-host": "evil.example",
  "x-real-ip": "1.2.3.4",
  "x-http-method-override": "DELETE",
  "x-method-override": "DELETE",
  "x-http-method": "DELETE",
  "x-api-key": "somebody-elses",
  dpop: "a-proof",
  "x-on-behalf-of": "root",
  "as-user": "2",
  "x-valet-address": "1.2.3.4",
  "valet-connection": "con_x",
  "x-middleware-subrequest": "x",
  "proxy-authorization": "Basic abc",
  te: "trailers",
  "keep-alive": "timeout=5",
  upgrade: "websocket",
  connection: "close, X-Hop",
  "x-hop": "only for you",
  baggage: "valet.run_id=run-1,secret=1",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

describe("a caller's header", () => {
  it("that is a credential, a trace, an override or meant for one hop never reaches the SaaS", async () => {
    const headers = { ...STRANGE, accept: "application/json", "x-request-id": "abc", "if-none-match": '"1"' };
    expect((await call(here.core, token, "/api/issues", { headers })).status).toBe(200);
    const { headerNames, headers: kept, foreignSecrets, credential } = here.saas.calls.at(-1) ?? {};
    expect(headerNames?.filter((name) => !["host", "connection"].includes(name)).sort()).toEqual(
      ["accept", "authorization", "if-none-match", "user-agent", "x-request-id"].sort(),
    );
    expect(kept).toMatchObject({ host: new URL(here.saas.url).host, "user-agent": "valet", "x-request-id": "abc" });
    expect([foreignSecrets, credential]).toEqual([[], "live"]);
  });

  it("cannot put a token beside the account's own", () => {
    const given = new Headers([...Object.entries(STRANGE), ["authorization", "Bearer theirs"], ["Authorization", "Basic theirs"]]);
    expect(upstreamHeaders(given, "ours", demo)).toEqual({ "user-agent": "valet", authorization: "Bearer ours" });
  });

  it("that repeats the caller's own token is left out, under whatever name", () => {
    const given = new Headers({ authorization: "Bearer own.own.own", "x-auth": "own.own.own", "x-more": "Token own.own.own", accept: "x" });
    expect([...withoutOwnToken(given, "own.own.own")].map(([name]) => name)).toEqual(["accept", "authorization"]);
    expect([...withoutOwnToken(given, null)].map(([name]) => name)).toEqual(["accept", "authorization", "x-auth", "x-more"]);
  });

  it("keeps its name of itself", () => {
    expect(upstreamHeaders(new Headers({ "user-agent": "bot/1" }), "ours", demo)).toMatchObject({ "user-agent": "bot/1" });
  });
});

describe("a header of the SaaS", () => {
  it("that would set a cookie, or is meant for one hop or for a browser, does not come down", async () => {
    raw.answer((_, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.setHeader("dpop-nonce", "the-saas-has-its-own");
      response.setHeader("x-rate-limit", "5");
      response.setHeader("etag", '"7"');
      response.setHeader("strict-transport-security", "max-age=1");
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader("clear-site-data", '"*"');
      response.setHeader("alt-svc", 'h3=":443"');
      response.setHeader("proxy-authenticate", "Basic");
      response.end("{}");
    });
    const { headers } = await call(wild.core, wildToken, "/api/issues");
    expect(Object.fromEntries([...headers].filter(([name]) => !["date", "valet-use-id"].includes(name)))).toEqual({
      "content-length": "2",
      etag: '"7"',
      "x-rate-limit": "5",
      "valet-request-id": "req_test",
      "x-content-type-options": "nosniff",
    });
  });

  it("never carries the account's token, though the SaaS says it back", async () => {
    raw.answer((request, response) => {
      response.setHeader("x-echo", request.headers.authorization ?? "");
      response.end(JSON.stringify(request.headers));
    });
    const answer = await call(wild.core, wildToken, "/api/issues");
    expect(JSON.stringify([...answer.headers])).not.toContain("saas_at_");
  });

  it("that is not ASCII comes through, or is left out, but breaks nothing", async () => {
    raw.answer((request, response) => {
      request.resume();
      response.socket?.end(
        "HTTP/1.1 200 OK\r\nx-name: caf\u00e9 \u20ac\r\nx-plain: yes\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
      );
    });
    const answer = await call(wild.core, wildToken, "/api/issues");
    expect([answer.status, await answer.text(), answer.headers.get("x-plain")]).toEqual([200, "{}", "yes"]);
  });

  it("that links within the API leads back through the gateway, and other links are left alone", async () => {
    const answer = await call(here.core, token, "/api/issues?page=2");
    const link = answer.headers.get("link") ?? "";
    expect(link).toContain('<http://valet.test/proxy/demo/api/issues?page=1>; rel="first"');
    expect(link).not.toContain(here.saas.url);
    const next = /<http:\/\/valet\.test([^>]+)>; rel="next"/.exec(link)?.[1] ?? "";
    expect((await call(here.core, token, next.replace("/proxy/demo", ""))).status).toBe(200);
    raw.answer((_, response) => {
      response.setHeader("link", `<${raw.url}/v1/a?page=2>; rel="next", <https://elsewhere.example/v1/a>; rel="help"`);
      response.writeHead(201, { location: `${raw.url}/v1/api/issues/7` }).end();
    });
    const { headers } = await call(wild.core, wildToken, "/api/issues/1/comments", { method: "POST", body: "{}" });
    expect(headers.get("link")).toBe('<http://valet.test/proxy/demo/a?page=2>; rel="next", <https://elsewhere.example/v1/a>; rel="help"');
    expect(headers.get("location")).toBe("http://valet.test/proxy/demo/api/issues/7");
  });
});

describe("a link that spells the place of the call otherwise", () => {
  const spellings = [["/repositories/*", "/repos/*/*"]] as const;
  const linkTo = (path: string, asked: string) => {
    const given = { link: `<https://api.saas.test${path}>; rel="next"` };
    const api = { baseUrl: "https://api.saas.test", linkSpellings: spellings };
    return downstreamHeaders(given, api, "https://valet.test/proxy/saas", asked).get("link");
  };

  it("leads back to it as it was asked, so that the next page is judged as the first was", () => {
    const asked = "/repos/acme/site/issues/7/comments";
    expect(linkTo("/repositories/12/issues/7/comments?page=2&per_page=5", asked)).toBe(
      `<https://valet.test/proxy/saas${asked}?page=2&per_page=5>; rel="next"`,
    );
  });

  it("is left as it is when it leads to another place", () => {
    for (const [path, asked] of [
      ["/repositories/12/issues?page=2", "/repos/acme/site/pulls"],
      ["/repositories/12/issues?page=2", "/user/issues"],
      ["/repos/acme/docs/issues?page=2", "/repos/acme/site/issues"],
      ["/repositories?since=12", "/repos/acme/site"],
    ] as const)
      expect(linkTo(path, asked)).toBe(`<https://valet.test/proxy/saas${path}>; rel="next"`);
  });
});

describe("a redirect", () => {
  it("is passed on and not followed: the other host sees no credential of anybody", async () => {
    const answer = await call(here.core, token, "/api/files/file-1/content");
    const location = answer.headers.get("location") ?? "";
    expect([answer.status, new URL(location).origin]).toEqual([302, here.saas.storage.url]);
    expect(here.saas.storage.calls).toEqual([]);
    const file = await fetch(location);
    expect([file.status, (await file.arrayBuffer()).byteLength]).toEqual([200, 2148]);
    expect(here.saas.storage.calls).toMatchObject([{ hadAuthorization: false, hadCookie: false, status: 200 }]);
  });

  it("to a private address is passed on as well, and Valet does not go there", async () => {
    raw.answer((request, response) => {
      if (request.url?.startsWith("/v1/api/issues")) response.writeHead(307, { location: `${raw.url}/latest/meta-data` }).end();
      else response.end("secret");
    });
    const before = raw.requests.length;
    const answer = await call(wild.core, wildToken, "/api/issues");
    expect([answer.status, await answer.text()]).toEqual([307, ""]);
    expect(raw.requests.length).toBe(before + 1);
  });
});

describe("a path below an API base that has one", () => {
  it("is appended to it, with the host of the connector alone", async () => {
    await call(wild.core, wildToken, "/api/issues/a%20b?x=1&y=%2F", { headers: { host: "evil.example", ...bearer(wildToken) } });
    const { url, headers } = raw.requests.at(-1) ?? {};
    expect([url, headers?.host]).toEqual(["/v1/api/issues/a%20b?x=1&y=%2F", new URL(raw.url).host]);
    expect((await usesOf(wild.core, wildGrant)).at(-1)).toMatchObject({ target: "GET /api/issues/a%20b", upstreamStatus: 200 });
  });
});

it("sends the token bare in the header of a SaaS that takes it there, and never in two", () => {
  const shop = { ...demo, api: { ...demo.api, tokenHeader: "x-shop-token" }, headers: { "X-Version": "2" } };
  const given = new Headers({ authorization: "Bearer theirs", "x-shopify-access-token": "theirs" });
  expect(upstreamHeaders(given, "ours", shop)).toEqual({ "user-agent": "valet", "x-version": "2", "x-shop-token": "ours" });
});

it("refuses a form that says it is another method, before the SaaS hears of it", async () => {
  const lent = await lend(here, { scopes: ["issues:write"], delivery: "gateway" });
  const before = here.saas.calls.length;
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const refused = await call(here.core, await accessToken(here.core, lent), "/api/issues", {
    method: "POST",
    headers,
    body: "title=x&_method=delete",
  });
  expect([refused.status, (await refused.json()).reason]).toEqual([403, "method_override"]);
  expect(here.saas.calls.slice(before).filter((one) => one.path === "/api/issues")).toEqual([]);
});
