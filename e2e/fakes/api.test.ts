import { createHash } from "node:crypto";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Saas } from "./saas";
import { SCOPE_NAMES } from "./scopes";
import { call, refresh, startTestSaas } from "./testSaas";

let saas: Saas;
beforeAll(async () => {
  saas = await startTestSaas();
});
beforeEach(() => saas.reset());
afterAll(() => saas.close());

const give = (...scopes: string[]) => saas.control.issue({ login: "ada", scopes }).accessToken;
const json = (body: unknown, method = "POST"): RequestInit => ({ method, body: JSON.stringify(body) });

describe("who may call", () => {
  it("refuses a token that is missing, unknown, ended or expired", async () => {
    const bare = await fetch(`${saas.url}/api/me`);
    expect([bare.status, await bare.json()]).toEqual([401, { error: "unauthorized" }]);
    const why = async (token: string) => [await (await call(saas, token, "/api/me")).json()];
    const invalid = (word: string) => [{ error: "invalid_token", error_description: `The access token is ${word}.` }];
    expect(await why("garbage")).toEqual(invalid("unknown"));
    const { accessToken, refreshToken } = saas.control.issue({ login: "ada", scopes: ["profile:read"] });
    expect(await why(refreshToken)).toEqual(invalid("unknown"));
    saas.control.advance(600);
    expect(await why(accessToken)).toEqual(invalid("expired"));
    saas.control.withdraw("ada");
    expect(await why(accessToken)).toEqual(invalid("ended"));
    await expect(refresh(saas, refreshToken)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("works one second before the end", async () => {
    const token = give("profile:read");
    saas.control.advance(599);
    expect(await (await call(saas, token, "/api/me")).json()).toEqual({
      id: "user-1",
      login: "ada",
      name: "Ada Lovelace",
    });
  });

  it("takes no token from the address", async () => {
    expect((await fetch(`${saas.url}/api/me?access_token=${give("profile:read")}`)).status).toBe(401);
    expect(saas.calls[0]?.query).toBe("?access_token=[redacted]");
  });

  it.each([
    ["GET", "/api/me", "profile:read"],
    ["GET", "/api/members", "admin"],
    ["GET", "/api/issues", "issues:read"],
    ["GET", "/api/issues/1", "issues:read"],
    ["POST", "/api/issues", "issues:write"],
    ["PATCH", "/api/issues/1", "issues:write"],
    ["DELETE", "/api/issues/1", "issues:write"],
    ["POST", "/api/issues/1/comments", "issues:write"],
    ["GET", "/api/files", "files:read"],
    ["GET", "/api/files/file-1/content", "files:read"],
    ["POST", "/api/files", "files:write"],
    ["GET", "/api/stream", "issues:read"],
  ])("refuses %s %s with every scope but %s", async (method, path, scope) => {
    const token = give(...SCOPE_NAMES.filter((name) => name !== scope));
    const response = await call(saas, token, path, { method });
    expect([response.status, await response.json()]).toEqual([403, { error: "insufficient_scope", scope }]);
  });
});

describe("issues", () => {
  it("come in pages whose links are built from the address of the request", async () => {
    const token = give("issues:read");
    const first = await call(saas, token, "/api/issues?state=open&per_page=4");
    const next = `${saas.url}/api/issues?state=open&per_page=4&page=2`;
    expect(first.headers.get("link")).toContain(`<${next}>; rel="next"`);
    const port = new URL(saas.url).port;
    const named = await fetch(`http://localhost:${port}/api/issues`, { headers: { authorization: `Bearer ${token}` } });
    expect(named.headers.get("link")).toContain(`<http://localhost:${port}/api/issues?page=2>; rel="next"`);
    const last = await call(saas, token, "/api/issues?page=3");
    expect(last.headers.get("link")).not.toContain('rel="next"');
    expect(await last.json()).toHaveLength(2);
  });

  it("can be walked by a real client that follows links", async () => {
    // Octokit's own `auth` says "token" instead of "Bearer", which only GitHub takes.
    const headers = { authorization: `Bearer ${give("issues:read")}` };
    const octokit = new Octokit({ baseUrl: saas.url });
    expect(await octokit.paginate("GET /api/issues", { headers })).toHaveLength(12);
  });

  it("are created, changed, commented and deleted in the person's name", async () => {
    const token = give("issues:write", "issues:read");
    const created = await call(saas, token, "/api/issues", json({ title: "New", labels: ["bug"] }));
    expect([created.status, await created.json()]).toMatchObject([201, { id: 13, author: "ada", state: "open" }]);
    expect((await call(saas, token, "/api/issues/13/comments", json({ body: "Yes" }))).status).toBe(201);
    expect(await (await call(saas, token, "/api/issues/13", json({ state: "closed" }, "PATCH"))).json()).toMatchObject({
      title: "New",
      state: "closed",
      comments: [{ id: 1, author: "ada", body: "Yes" }],
    });
    expect((await call(saas, token, "/api/issues/13", { method: "DELETE" })).status).toBe(204);
    expect((await call(saas, token, "/api/issues/13")).status).toBe(404);
  });

  it("refuse what is not an issue", async () => {
    const token = give("issues:write");
    const answer = async (body: string) => (await call(saas, token, "/api/issues", { method: "POST", body })).json();
    expect(await answer("not json")).toEqual({ error: "invalid_json" });
    expect(await answer("{}")).toEqual({ error: "validation_failed", field: "title" });
    expect(saas.control.data().issues).toHaveLength(12);
  });

  it("tell a listener about each change", async () => {
    const token = give("issues:read", "issues:write");
    const stream = await call(saas, token, "/api/stream?events=2");
    await call(saas, token, "/api/issues", json({ title: "Heard" }));
    const text = await stream.text();
    expect(stream.headers.get("content-type")).toBe("text/event-stream");
    expect(text).toContain('event: ready\ndata: {"issues":12}');
    expect(text).toContain('event: issue.created\ndata: {"id":13,"title":"Heard"}');
  });
});

describe("files", () => {
  it("are downloaded from another address, which needs no token and notes whether one came", async () => {
    const response = await call(saas, give("files:read"), "/api/files/file-2/content");
    expect(response.status).toBe(302);
    const location = response.headers.get("location") ?? "";
    expect(new URL(location).origin).toBe(saas.storage.url);
    expect((await (await fetch(location)).arrayBuffer()).byteLength).toBe(184_320);
    expect((await fetch(location.replace("file-2", "file-3"))).status).toBe(403);
    await fetch(location, { headers: { authorization: "Bearer leaked" } });
    expect(saas.storage.calls.map((one) => [one.status, one.hadAuthorization])).toEqual([
      [200, false],
      [403, false],
      [200, true],
    ]);
    saas.control.advance(60);
    expect((await fetch(location)).status).toBe(403);
  });

  it("are counted and hashed when uploaded", async () => {
    const body = Buffer.alloc(3_000_000, "valet");
    const response = await call(saas, give("files:write"), "/api/files?name=big.bin", { method: "POST", body });
    const sha256 = createHash("sha256").update(body).digest("hex");
    expect(await response.json()).toMatchObject({ name: "big.bin", sizeBytes: 3_000_000, sha256, author: "ada" });
    expect(saas.calls[0]?.bodyBytes).toBe(3_000_000);
  });
});
