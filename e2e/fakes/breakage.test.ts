import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BreakMode } from "./breakage";
import { consentAs } from "./consent";
import type { Saas } from "./saas";
import { authorizeUrl, CLIENT_SECRET, call, connect, post, postToken, refresh, startTestSaas } from "./testSaas";

let saas: Saas;
beforeAll(async () => {
  saas = await startTestSaas();
});
beforeEach(() => saas.reset());
afterAll(() => saas.close());

const SECRET = { client_id: "valet", client_secret: CLIENT_SECRET };
const refreshForm = (token: unknown) => ({ grant_type: "refresh_token", refresh_token: String(token) });

describe("a breakage", () => {
  const tokenAnswer = () => post(saas, "/oauth/token", { ...SECRET, grant_type: "refresh_token", refresh_token: "x" });

  it.each([
    ["html", 200, /^<!doctype html>/],
    ["empty", 200, /^$/],
    ["cut_json", 200, /^\{"access_token":"saas_at_cut$/],
    ["500", 500, /server_error/],
    ["503", 503, /temporarily_unavailable/],
    ["429", 429, /rate_limited/],
    ["200_error", 200, /internal_error/],
  ] as [BreakMode, number, RegExp][])("%s meets the next request only", async (mode, status, text) => {
    saas.control.breakNext("token", mode, { retryAfterSeconds: 3 });
    const broken = await tokenAnswer();
    expect(broken.status).toBe(status);
    expect(broken.text).toMatch(text);
    expect(broken.headers.get("retry-after")).toBe(status === 429 || status === 503 ? "3" : null);
    expect((await tokenAnswer()).status).toBe(400);
  });

  it("for all lasts until it is repaired", async () => {
    saas.control.breakAll("any", "500");
    expect([(await tokenAnswer()).status, (await call(saas, "x", "/api/me")).status]).toEqual([500, 500]);
    saas.control.repair();
    expect((await call(saas, "x", "/api/me")).status).toBe(401);
  });

  it("that redirects elsewhere shows there what came along", async () => {
    saas.control.breakNext("api", "redirect");
    const { accessToken } = saas.control.issue({ login: "ada", scopes: ["profile:read"] });
    const response = await call(saas, accessToken, "/api/me");
    await fetch(response.headers.get("location") ?? "");
    expect(saas.storage.calls).toMatchObject([{ path: "/elsewhere", hadAuthorization: false }]);
  });

  it("that is huge sends what was asked for", async () => {
    saas.control.breakNext("token", "huge", { bytes: 1_048_576 });
    expect((await tokenAnswer()).text.length).toBeGreaterThan(1_048_576);
  });

  it("drops the line before the work, or loses the answer after it", async () => {
    const { refresh_token } = await connect(saas);
    saas.control.breakNext("token", "drop");
    await expect(post(saas, "/oauth/token", { ...SECRET, ...refreshForm(refresh_token) })).rejects.toThrow("fetch failed");
    expect(saas.control.tokens()).toHaveLength(2);
    saas.control.breakNext("token", "lost");
    await expect(post(saas, "/oauth/token", { ...SECRET, ...refreshForm(refresh_token) })).rejects.toThrow("fetch failed");
    expect(saas.control.tokens()).toHaveLength(4);
    expect((await postToken(saas, refreshForm(refresh_token))).body.error).toBe("invalid_grant");
  });

  it("at consent makes the person say no", async () => {
    saas.control.breakNext("consent", "access_denied");
    expect((await consentAs(await authorizeUrl(saas), "ada")).searchParams.get("error")).toBe("access_denied");
  });

  it("hangs until it is released, and then answers properly", async () => {
    saas.control.breakNext("token", "hang");
    const waiting = tokenAnswer();
    await saas.control.held(1);
    expect(saas.calls.map((one) => one.status)).toEqual([null]);
    saas.control.release();
    expect((await waiting).status).toBe(400);
  });

  it("holds the answers of refreshes so that two can cross", async () => {
    const [one, two] = [await connect(saas), await connect(saas)];
    saas.control.hold();
    const answers = [refresh(saas, one.refresh_token), refresh(saas, two.refresh_token)];
    await saas.control.held(2);
    expect(saas.control.tokens().filter((token) => token.isReplaced)).toHaveLength(2);
    saas.control.release();
    expect((await Promise.all(answers)).map((answer) => answer.scope)).toEqual(Array(2).fill("issues:read issues:write"));
  });

  it("of a hanging request does not keep the SaaS from closing", async () => {
    const other = await startTestSaas();
    other.control.breakAll("any", "hang");
    const outcome = call(other, "x", "/api/me").catch(() => "cut");
    await other.control.held(1);
    await other.close();
    expect(["cut", 401]).toContain(await outcome.then((one) => (one instanceof Response ? one.status : one)));
  });
});
