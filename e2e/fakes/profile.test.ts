import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { consentAs } from "./consent";
import { LIKE } from "./profile";
import type { Saas } from "./saas";
import { SCOPE_NAMES } from "./scopes";
import { authorizeUrl, CLIENT_SECRET, call, connect, freshCode, post, postToken, refresh, startTestSaas } from "./testSaas";

let saas: Saas;
beforeAll(async () => {
  saas = await startTestSaas();
});
beforeEach(() => saas.reset());
afterAll(() => saas.close());

const SECRET = { client_id: "valet", client_secret: CLIENT_SECRET };
const refreshForm = (token: unknown) => ({ grant_type: "refresh_token", refresh_token: String(token) });

describe("a profile", () => {
  it.each([
    ["narrow", "issues:read", "issues:read issues:write"],
    ["persist", "issues:read", "issues:read"],
    ["ignore", "issues:read issues:write", "issues:read issues:write"],
    ["wider", SCOPE_NAMES.join(" "), SCOPE_NAMES.join(" ")],
  ] as const)("that %ss scope on refresh", async (scopeOnRefresh, narrowed, after) => {
    saas.control.behave({ scopeOnRefresh });
    const second = await refresh(saas, (await connect(saas)).refresh_token, "issues:read");
    expect(second.scope).toBe(narrowed);
    expect((await refresh(saas, second.refresh_token)).scope).toBe(after);
  });

  it("that refuses scope on refresh", async () => {
    saas.control.behave({ scopeOnRefresh: "refuse" });
    const { refresh_token } = await connect(saas);
    const answer = await postToken(saas, { ...refreshForm(refresh_token), scope: "issues:read" });
    expect(answer.body.error).toBe("invalid_request");
  });

  it("that allows a grace after rotation, and not a second more", async () => {
    saas.control.behave({ rotationGraceSeconds: 30 });
    const { refresh_token } = await connect(saas);
    await refresh(saas, refresh_token);
    saas.control.advance(29);
    await refresh(saas, refresh_token);
    saas.control.advance(1);
    expect((await postToken(saas, refreshForm(refresh_token))).body.error).toBe("invalid_grant");
  });

  it("that keeps one refresh token, or gives none", async () => {
    saas.control.behave({ rotation: "stable" });
    const { refresh_token } = await connect(saas);
    expect((await refresh(saas, refresh_token)).refresh_token).toBeUndefined();
    await refresh(saas, refresh_token);
    saas.control.behave({ rotation: "none" });
    expect((await connect(saas)).refresh_token).toBeUndefined();
  });

  it("that ends older access on refresh", async () => {
    saas.control.behave({ refreshKillsAccess: true });
    const first = await connect(saas);
    await refresh(saas, first.refresh_token);
    expect((await call(saas, first.access_token, "/api/issues")).status).toBe(401);
  });

  it.each([
    ["token", ["ended", "live", "live", "live"]],
    ["family", ["ended", "ended", "live", "live"]],
    ["grant", ["ended", "ended", "ended", "ended"]],
  ] as const)("whose revocation reaches the %s", async (revocation, standings) => {
    saas.control.behave({ revocation });
    const first = await connect(saas);
    await connect(saas);
    await post(saas, "/oauth/revoke", { ...SECRET, token: first.access_token });
    expect(saas.control.tokens().map((token) => token.standing)).toEqual(standings);
  });

  it("that has no revocation", async () => {
    saas.control.behave({ revocation: "absent" });
    expect((await post(saas, "/oauth/revoke", { ...SECRET, token: "x" })).status).toBe(404);
  });

  it.each([
    [{ expiresIn: null }, undefined],
    [{ expiresIn: "string" }, "600"],
    [{ expiresIn: -1 }, -1],
    [{ expiresIn: 5 }, 5],
    [{ accessTokenSeconds: 30 }, 30],
    [{ accessTokenSeconds: null }, undefined],
  ] as const)("with %j says expires_in %s", async (profile, said) => {
    saas.control.behave(profile);
    expect((await postToken(saas, await freshCode(saas))).body.expires_in).toBe(said);
  });

  it("whose iss is wrong or absent", async () => {
    saas.control.behave({ iss: "wrong" });
    expect((await consentAs(await authorizeUrl(saas), "ada")).searchParams.get("iss")).toBe("https://somebody-else.example");
    saas.control.behave({ iss: "absent" });
    expect((await consentAs(await authorizeUrl(saas), "ada")).searchParams.has("iss")).toBe(false);
  });

  it("whose consent is smaller or wider than what was asked", async () => {
    saas.control.behave({ partialConsent: ["issues:write"] });
    expect((await connect(saas)).scope).toBe("issues:read");
    saas.control.behave({ partialConsent: [], widerConsent: ["admin"] });
    expect((await connect(saas)).scope).toBe("issues:read issues:write admin");
  });

  it("like Slack: nested, with commas, and 200 for errors", async () => {
    saas.control.behave(LIKE.slack);
    const { body } = await postToken(saas, await freshCode(saas, { scope: null, user_scope: "issues:read,files:read" }));
    expect(body).toMatchObject({ ok: true, authed_user: { id: "user-1", scope: "issues:read,files:read" } });
    expect(body.access_token).toBeUndefined();
    const wrong = await postToken(saas, refreshForm("x"));
    expect(wrong).toMatchObject({ status: 200, body: { ok: false, error: "invalid_grant" } });
  });

  it("like GitHub: a form unless JSON is asked for, no end, no refresh", async () => {
    saas.control.behave(LIKE.githubOAuthApp);
    const form = { ...SECRET, ...(await freshCode(saas)) };
    const answer = new URLSearchParams((await post(saas, "/oauth/token", form)).text);
    expect([...answer.keys()].sort()).toEqual(["access_token", "scope", "token_type"]);
    const again = await post(saas, "/oauth/token", form, { accept: "application/json" });
    expect([again.status, JSON.parse(again.text).error]).toEqual([200, "invalid_grant"]);
  });

  it("that makes smaller tokens by RFC 8693, never wider ones", async () => {
    saas.control.behave({ downscope: "rfc8693" });
    const { access_token } = await connect(saas);
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: access_token,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    };
    expect((await postToken(saas, { ...form, scope: "issues:read" })).body).toMatchObject({
      scope: "issues:read",
      expires_in: 600,
    });
    expect((await postToken(saas, { ...form, scope: "admin" })).body.error).toBe("invalid_scope");
  });

  it("that makes smaller tokens as GitHub Apps do", async () => {
    saas.control.behave({ downscope: "github" });
    const { access_token } = await connect(saas);
    const basic = btoa(`valet:${encodeURIComponent(CLIENT_SECRET)}`);
    const ask = (permissions: object, more: object = {}) =>
      fetch(`${saas.url}/applications/valet/token/scoped`, {
        method: "POST",
        headers: { authorization: `Basic ${basic}` },
        body: JSON.stringify({ access_token, target: "acme", permissions, ...more }),
      });
    const { token } = (await (await ask({ issues: "read" })).json()) as { token: string };
    expect((await call(saas, token, "/api/issues")).status).toBe(200);
    expect((await call(saas, token, "/api/issues", { method: "POST", body: "{}" })).status).toBe(403);
    expect((await ask({ admin: "write" })).status).toBe(422);
    expect((await ask({ issues: "read" }, { target: undefined })).status).toBe(422);
    expect((await ask({ issues: "read" }, { repositories: ["nothing"] })).status).toBe(422);
    const { token: site } = (await (await ask({ issues: "read" }, { repositories: ["site"] })).json()) as { token: string };
    expect((await call(saas, site, "/repos/acme/site/issues")).status).toBe(200);
    expect((await call(saas, site, "/repos/acme/shop/issues")).status).toBe(404);
  });

  it("that adds members and lives under a tenant", async () => {
    const tenant = await startTestSaas({ tenant: "acme", extra: { instance_url: "{base}" } });
    try {
      expect(new URL(tenant.url).pathname).toBe("/acme");
      const { access_token, instance_url } = await connectInTenant(tenant);
      expect(instance_url).toBe(tenant.url);
      const link = (await call(tenant, String(access_token), "/api/issues")).headers.get("link");
      expect(link).toContain(`<${tenant.url}/api/issues?page=2>`);
      expect((await fetch(`${new URL(tenant.url).origin}/api/issues`)).status).toBe(404);
    } finally {
      await tenant.close();
    }
  });
});

async function connectInTenant(tenant: Saas) {
  return (await postToken(tenant, await freshCode(tenant))).body;
}
