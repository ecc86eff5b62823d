import { describe, expect, it } from "vitest";
import type { EndpointOverrides } from "./connector";
import { demo } from "./demo";
import { github } from "./github";
import { google } from "./google";
import { googleCloud } from "./googleCloud";
import { linear } from "./linear";
import { microsoft } from "./microsoft";
import { connectors, findConnector, withOverrides } from "./registry";
import { slack } from "./slack";

describe("the registry", () => {
  it("finds a connector by its id, and nothing by any other word", () => {
    for (const connector of connectors) expect(findConnector(connector.id)).toBe(connector);
    for (const id of ["", "GitHub", "__proto__", "nosuch"]) expect(findConnector(id)).toBeUndefined();
  });
});

describe("endpoints that a setting moves", () => {
  it("changes nothing without a setting, and never the connector itself", () => {
    const before = structuredClone({ ...github.oauth });
    expect(withOverrides(github, {})).toEqual(github);
    withOverrides(github, { authorizeUrl: "https://ghe.example.com/login/oauth/authorize", apiBaseUrl: "https://ghe.example.com/api/v3" });
    expect(github.oauth).toEqual(before);
  });

  it("moves each endpoint by itself", () => {
    const moved = withOverrides(google, {
      tokenUrl: "http://127.0.0.1:4301/t",
      revokeUrl: "http://127.0.0.1:4301/r",
      accountUrl: "http://127.0.0.1:4301/a",
    });
    expect(moved.oauth.tokenUrl).toBe("http://127.0.0.1:4301/t");
    expect(moved.oauth.authorizeUrl).toBe(google.oauth.authorizeUrl);
    expect(moved.oauth.issuer).toBe("https://accounts.google.com");
    expect(moved.revocation).toEqual({ ...google.revocation, url: "http://127.0.0.1:4301/r" });
    expect(moved.account.url).toBe("http://127.0.0.1:4301/a");
    expect(moved.api).toEqual(google.api);
  });

  it("puts every host of the API at the one that was set", () => {
    const moved = withOverrides(google, { apiBaseUrl: "http://127.0.0.1:4301/" });
    expect(moved.api).toEqual({ ...google.api, baseUrl: "http://127.0.0.1:4301", hosts: [] });
  });

  it("sends no token of another place to Google's own service for single buckets, unless that was moved as well", () => {
    const boundaryOf = (overrides: EndpointOverrides) => withOverrides(googleCloud, overrides).tokens.narrowing;
    const own = googleCloud.tokens.narrowing;
    expect(own).toMatchObject({ boundary: { url: "https://sts.googleapis.com/v1/token" } });
    for (const untouched of [{}, { accountUrl: "http://127.0.0.1:4301/a" }]) expect(boundaryOf(untouched)).toEqual(own);
    for (const moved of [{ tokenUrl: "http://127.0.0.1:4301/t" }, { apiBaseUrl: "http://127.0.0.1:4301" }]) {
      expect(boundaryOf(moved)).toEqual({ how: "refresh_scope" });
      const boundaryUrl = "http://127.0.0.1:4301/sts";
      expect(boundaryOf({ ...moved, boundaryUrl })).toMatchObject({ how: "refresh_scope", boundary: { url: boundaryUrl } });
    }
    expect(withOverrides(google, { boundaryUrl: "http://127.0.0.1:4301/sts" }).tokens).toEqual(google.tokens);
  });

  it("expects no issuer from an authorize page elsewhere, unless its name was set as well", () => {
    const authorizeUrl = "https://ghe.example.com/login/oauth/authorize";
    expect(withOverrides(github, { authorizeUrl }).oauth).toMatchObject({ authorizeUrl, issuer: null, issuerInCallback: "when_present" });
    const named = withOverrides(github, { authorizeUrl, issuer: "https://ghe.example.com/login/oauth" });
    expect(named.oauth).toMatchObject({ issuer: "https://ghe.example.com/login/oauth", issuerInCallback: "required" });
  });
});

describe("whose account it is", () => {
  it("is the same at Microsoft for each client of ours: from the ID token, and left alone where that says nothing", () => {
    const idToken = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
    const read = (id_token: unknown) => microsoft.oauth.normalizeToken?.({ access_token: "a", id_token });
    expect(read(idToken({ sub: "pairwise", tid: "t1", oid: "o1" }))).toMatchObject({ account_id: "t1.o1" });
    for (const other of [undefined, "", "not.a-token", "a.!!!.b", idToken({ sub: "pairwise" }), idToken({ tid: 1, oid: {} }), 7]) {
      expect(read(other)).not.toHaveProperty("account_id");
    }
  });

  it("takes the id that never changes and the name people know", () => {
    expect(github.account.read({ id: 583231, login: "octocat", name: "The Octocat" })).toEqual({ id: "583231", name: "octocat" });
    expect(google.account.read({ sub: "1170", email: "ada@example.com" })).toEqual({ id: "1170", name: "ada@example.com" });
    expect(demo.account.read({ id: "u_1", login: "ada", name: "Ada" })).toEqual({ id: "u_1", name: "ada" });
    expect(linear.account.read({ data: { viewer: { id: "v1", name: "Ada", email: "ada@example.com" } } })).toEqual({
      id: "v1",
      name: "ada@example.com",
    });
  });

  it("reads Microsoft's userinfo and profile alike", () => {
    expect(microsoft.account.read({ sub: "m1", email: "ada@example.com", name: "Ada" })).toEqual({ id: "m1", name: "ada@example.com" });
    expect(microsoft.account.idFromToken?.({ account_id: "t1.o1" })).toBe("t1.o1");
    expect(microsoft.account.idFromToken?.({ access_token: "x" })).toBeNull();
    expect(microsoft.account.read({ id: "m1", displayName: "Ada", mail: null })).toEqual({ id: "m1", name: "Ada" });
  });

  it("tells people of two Slack workspaces apart, and knows a refusal by its body", () => {
    const answer = { ok: true, user_id: "U1", user: "ada", team_id: "T1", team: "Acme" };
    expect(slack.account.read(answer)).toEqual({ id: "T1.U1", name: "ada at Acme" });
    expect(slack.account.read({ ...answer, team_id: null, enterprise_id: "E1" })).toEqual({ id: "E1.U1", name: "ada at Acme" });
    expect(slack.account.read({ ...answer, ok: false })).toBeNull();
  });
});

describe("Slack's token answer", () => {
  const normalize = slack.oauth.normalizeToken ?? ((body) => body);

  it("becomes the person's own token, never the app's", () => {
    const body = {
      ok: true,
      access_token: "bot",
      token_type: "bot",
      scope: "chat:write",
      authed_user: { id: "U1", access_token: "person", token_type: "user", scope: "users:read" },
    };
    expect(normalize(body)).toEqual({ access_token: "person", token_type: "Bearer", scope: "users:read" });
  });

  it("is a refusal when the person gave no token", () => {
    expect(normalize({ ok: true, access_token: "bot", token_type: "bot", authed_user: { id: "U1" } })).toEqual({ error: "no_user_token" });
    expect(normalize({ ok: true, access_token: "bot", token_type: "bot" })).toEqual({ error: "no_user_token" });
    expect(normalize({ ok: false, error: "invalid_code" })).toEqual({ ok: false, error: "invalid_code" });
  });

  it("keeps what a refresh answers flat", () => {
    const body = { ok: true, access_token: "next", token_type: "user", refresh_token: "r2", expires_in: 43_200, scope: "users:read" };
    expect(normalize(body)).toEqual({
      access_token: "next",
      token_type: "Bearer",
      refresh_token: "r2",
      expires_in: 43_200,
      scope: "users:read",
    });
  });
});
