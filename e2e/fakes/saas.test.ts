import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { consentAs } from "./consent";
import type { Saas } from "./saas";
import {
  authorizeUrl,
  CLIENT,
  CLIENT_SECRET,
  call,
  connect,
  discover,
  INSECURE,
  REDIRECT_URI,
  refresh,
  startTestSaas,
  VERIFIER,
} from "./testSaas";

let saas: Saas;
beforeAll(async () => {
  saas = await startTestSaas();
});
beforeEach(() => saas.reset());
afterAll(() => saas.close());

const give = (...scopes: string[]) => saas.control.issue({ login: "ada", scopes }).accessToken;
const json = (body: unknown, method = "POST"): RequestInit => ({ method, body: JSON.stringify(body) });

describe("an independent client", () => {
  it("connects with code, PKCE and iss, and reads what it was granted", async () => {
    const tokens = await connect(saas);
    expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 600, scope: "issues:read issues:write" });
    expect((await call(saas, tokens.access_token, "/api/issues")).status).toBe(200);
  });

  it("authenticates by the body as well as by Basic", async () => {
    const as = await discover(saas);
    const callback = await consentAs(await authorizeUrl(saas), "ada");
    const parameters = oauth.validateAuthResponse(as, CLIENT, callback, "state-1");
    const way = oauth.ClientSecretPost(CLIENT_SECRET);
    const response = await oauth.authorizationCodeGrantRequest(as, CLIENT, way, parameters, REDIRECT_URI, VERIFIER, INSECURE);
    expect(response.status).toBe(200);
  });

  it("narrows the access token on refresh and keeps the refresh token whole", async () => {
    const first = await connect(saas);
    const narrow = await refresh(saas, first.refresh_token, "issues:read");
    expect(narrow.scope).toBe("issues:read");
    const write = await call(saas, narrow.access_token, "/api/issues", { method: "POST", body: '{"title":"No"}' });
    expect(write.status).toBe(403);
    expect(await write.json()).toEqual({ error: "insufficient_scope", scope: "issues:write" });
    expect((await refresh(saas, narrow.refresh_token)).scope).toBe("issues:read issues:write");
  });

  it("revokes an access token alone, and a refresh token with its family", async () => {
    const as = await discover(saas);
    const first = await connect(saas);
    const second = await refresh(saas, first.refresh_token);
    const revoke = (token: string) => oauth.revocationRequest(as, CLIENT, oauth.ClientSecretBasic(CLIENT_SECRET), token, INSECURE);
    await oauth.processRevocationResponse(await revoke(first.access_token));
    expect((await call(saas, first.access_token, "/api/issues")).status).toBe(401);
    expect((await call(saas, second.access_token, "/api/issues")).status).toBe(200);
    await oauth.processRevocationResponse(await revoke(second.refresh_token ?? ""));
    expect((await call(saas, second.access_token, "/api/issues")).status).toBe(401);
  });
});

describe("the log and the page", () => {
  it("say who called with which scopes, and never hold a token", async () => {
    const token = give("issues:read");
    await call(saas, token, "/api/issues?page=2");
    await call(saas, token, "/api/issues", json({ title: "<b>No</b>" }));
    await call(saas, "unknown-token", "/api/me", { headers: { cookie: "vlt_session_abc=1" } });
    expect(saas.calls).toMatchObject([
      { method: "GET", path: "/api/issues", query: "?page=2", status: 200, credential: "live", login: "ada" },
      { method: "POST", path: "/api/issues", status: 403, scopes: ["issues:read"], clientId: "valet" },
      { path: "/api/me", status: 401, credential: "unknown", scopes: null, foreignSecrets: ["cookie"] },
    ]);
    const page = await (await fetch(saas.url)).text();
    for (const text of [JSON.stringify(saas.calls), page, JSON.stringify(saas.control.tokens())]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain("unknown-token");
    }
    expect(page).toContain("Access that works right now");
    expect(page).toContain('<span class="chip">issues:read</span>');
    expect(page).toContain("GET /api/issues?page=2");
  });

  it("do not run what people write", async () => {
    await call(saas, give("issues:write"), "/api/issues", json({ title: "<script>alert(1)</script>" }));
    const page = await (await fetch(saas.url)).text();
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toContain("<script");
  });
});
