import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { consentAs, denyConsent } from "./consent";
import type { Saas } from "./saas";
import { authorizeUrl, post, REDIRECT_URI, startTestSaas, VERIFIER } from "./testSaas";

let saas: Saas;
beforeAll(async () => {
  saas = await startTestSaas();
});
beforeEach(() => saas.reset());
afterAll(() => saas.close());

describe("the authorize page", () => {
  it("says who asks for what, has a button per person, and escapes what it shows", async () => {
    const page = await (await fetch(await authorizeUrl(saas, { state: `"><script>alert(1)</script>` }))).text();
    expect(page).toContain("Continue as Ada Lovelace (ada)");
    expect(page).toContain("Create, change, comment on and delete issues");
    expect(page).not.toContain("<script>");
    expect(page).toContain("&quot;&gt;&lt;script&gt;");
  });

  it.each([
    ["an unknown client", { client_id: "nobody" }, "This application is not registered here."],
    [
      "a foreign redirect address",
      { redirect_uri: "http://evil.example/" },
      "The redirect address is not registered for this application.",
    ],
    ["a longer redirect address", { redirect_uri: `${REDIRECT_URI}/` }, "The redirect address is not registered for this application."],
    ["no redirect address", { redirect_uri: null }, "The redirect address is not registered for this application."],
  ])("refuses %s on the page and when the form is posted, without redirecting", async (_, change, reason) => {
    const url = await authorizeUrl(saas, change);
    await expect(consentAs(url, "ada")).rejects.toThrow(`The consent page was refused: ${reason}`);
    const form = Object.fromEntries(url.searchParams);
    const posted = await post(saas, "/oauth/authorize", { ...form, login: "ada" });
    expect([posted.status, posted.headers.get("location")]).toEqual([400, null]);
    expect(posted.text).toContain(reason);
  });

  it.each([
    ["another response type", { response_type: "token" }, "unsupported_response_type"],
    ["no PKCE", { code_challenge: null, code_challenge_method: null }, "invalid_request"],
    ["plain PKCE", { code_challenge: VERIFIER, code_challenge_method: "plain" }, "invalid_request"],
    ["a scope that does not exist", { scope: "issues:read everything" }, "invalid_scope"],
    ["no scope", { scope: null }, "invalid_scope"],
  ])("sends %s back as an error with state and iss", async (_, change, error) => {
    const callback = await consentAs(await authorizeUrl(saas, change), "ada");
    expect(callback.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
    const { searchParams } = callback;
    expect([searchParams.get("error"), searchParams.get("state"), searchParams.get("iss")]).toEqual([error, "state-1", saas.url]);
    expect(searchParams.has("code")).toBe(false);
  });

  it("refuses a parameter that comes twice", async () => {
    const url = await authorizeUrl(saas);
    url.searchParams.append("scope", "admin");
    await expect(consentAs(url, "ada")).rejects.toThrow("The parameter scope came twice.");
  });

  it("sends access_denied when the person says no", async () => {
    const callback = await denyConsent(await authorizeUrl(saas));
    expect(callback.searchParams.get("error")).toBe("access_denied");
  });

  it("knows no person outside its list", async () => {
    await expect(consentAs(await authorizeUrl(saas), "mallory")).rejects.toThrow("The consent page has no button for mallory.");
    const form = Object.fromEntries((await authorizeUrl(saas)).searchParams);
    expect((await post(saas, "/oauth/authorize", { ...form, login: "mallory" })).status).toBe(400);
  });
});
