import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Saas } from "./saas";
import {
  CLIENT_SECRET,
  call,
  connect,
  freshCode,
  OTHER_SECRET,
  post,
  postToken,
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

const refusal = (error: string, error_description: string, status = 400) => ({
  status,
  body: { error, error_description },
});

describe("the token endpoint refuses", () => {
  it("a code that is replayed, and ends what it gave", async () => {
    const form = await freshCode(saas);
    const { body } = await postToken(saas, form);
    expect(await postToken(saas, form)).toEqual(refusal("invalid_grant", "The code was used before."));
    expect((await call(saas, String(body.access_token), "/api/issues")).status).toBe(401);
    const again = { grant_type: "refresh_token", refresh_token: String(body.refresh_token) };
    expect(await postToken(saas, again)).toEqual(refusal("invalid_grant", "The refresh token was revoked."));
  });

  it("a code after 60 seconds", async () => {
    const form = await freshCode(saas);
    saas.control.advance(60);
    expect(await postToken(saas, form)).toEqual(refusal("invalid_grant", "The code has expired."));
  });

  it.each([
    ["another registered redirect address", { redirect_uri: `${REDIRECT_URI}/2` }, "The redirect_uri is not the one of the code."],
    ["no redirect address", { redirect_uri: "" }, "The redirect_uri is not the one of the code."],
    ["a wrong verifier", { code_verifier: VERIFIER.toUpperCase() }, "The code_verifier does not fit."],
    ["a short verifier", { code_verifier: "short" }, "The code_verifier does not fit."],
    ["another client's code", { client_id: "other", client_secret: OTHER_SECRET }, "The code is not known."],
  ])("a code with %s", async (_, change, description) => {
    const form = { ...(await freshCode(saas)), ...change } as Record<string, string>;
    expect(await postToken(saas, form)).toEqual(refusal("invalid_grant", description));
  });

  it("a code without its verifier, and uses the code up", async () => {
    const { code_verifier, ...form } = await freshCode(saas);
    expect(await postToken(saas, form)).toEqual(refusal("invalid_grant", "The code_verifier does not fit."));
    expect(await postToken(saas, { ...form, code_verifier: code_verifier ?? "" })).toEqual(
      refusal("invalid_grant", "The code was used before."),
    );
  });

  it("a refresh token used twice, and ends its family", async () => {
    const first = await connect(saas);
    const second = await refresh(saas, first.refresh_token);
    const form = { grant_type: "refresh_token", refresh_token: first.refresh_token ?? "" };
    const reused = "The refresh token was used before. Everything that came from it is revoked.";
    expect(await postToken(saas, form)).toEqual(refusal("invalid_grant", reused));
    expect((await call(saas, second.access_token, "/api/issues")).status).toBe(401);
    expect(saas.control.tokens().map((token) => token.standing)).toEqual(["ended", "ended", "ended", "ended"]);
  });

  it("a wider scope on refresh, without using the refresh token up", async () => {
    const { refresh_token = "" } = await connect(saas);
    const form = { grant_type: "refresh_token", refresh_token, scope: "issues:read admin" };
    expect(await postToken(saas, form)).toEqual(refusal("invalid_scope", "The scope is wider than what was consented."));
    expect((await refresh(saas, refresh_token)).scope).toBe("issues:read issues:write");
  });

  it("an access token as a refresh token, and another client's refresh token", async () => {
    const { access_token, refresh_token = "" } = await connect(saas);
    const form = { grant_type: "refresh_token", refresh_token: access_token };
    expect(await postToken(saas, form)).toEqual(refusal("invalid_grant", "The refresh token is not known."));
    const other = { grant_type: "refresh_token", refresh_token, client_id: "other", client_secret: OTHER_SECRET };
    expect(await postToken(saas, other)).toEqual(refusal("invalid_grant", "The refresh token is not known."));
  });

  it("a client with a wrong secret, none, or one that was not form-encoded in Basic", async () => {
    const proved = refusal("invalid_client", "The client could not be proved.", 401);
    const wrong = { grant_type: "refresh_token", client_id: "valet", client_secret: "wrong" };
    expect(await postToken(saas, wrong)).toEqual(proved);
    expect(await postToken(saas, { grant_type: "refresh_token", client_id: "valet" })).toEqual(proved);
    const authorization = `Basic ${btoa(`valet:${CLIENT_SECRET}`)}`;
    const raw = await post(saas, "/oauth/token", { grant_type: "refresh_token" }, { authorization });
    expect([raw.status, JSON.parse(raw.text)]).toEqual([401, proved.body]);
    expect(raw.headers.get("www-authenticate")).toBe('Basic realm="Demo Tracker"');
  });

  it("two ways of authentication at once, parameters in the address, JSON, and other grant types", async () => {
    const secret = { client_id: "valet", client_secret: CLIENT_SECRET };
    const both = await post(saas, "/oauth/token", secret, { authorization: "Basic dmFsZXQ6eA==" });
    expect(JSON.parse(both.text)).toMatchObject({ error_description: "Authenticate the client in one way only." });
    const address = await post(saas, "/oauth/token?grant_type=refresh_token", secret);
    expect(JSON.parse(address.text)).toMatchObject({ error_description: "Send the parameters in the body only." });
    const json = await fetch(`${saas.url}/oauth/token`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(await json.json()).toMatchObject({ error_description: "Send the parameters as a form." });
    expect(await postToken(saas, { grant_type: "password" })).toEqual(
      refusal("unsupported_grant_type", "This grant type is not supported."),
    );
  });
});
