import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchangeForm, type Lent, lend, send, type World, watchRows, world } from "../testing/builders";
import { TOKEN_GRANTS } from "./token";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

/** As they are told: every grant type of the table. */
const TAKEN = Object.keys(TOKEN_GRANTS).join(" or ");
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const post = (body: string | URLSearchParams, headers: Record<string, string> = {}) =>
  send(here.core, "/oauth/token", { method: "POST", headers: { ...FORM, ...headers }, body });
const basic = (id = lent.bot.clientId, secret = lent.bot.clientSecret) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

function form(change: (body: URLSearchParams) => void): URLSearchParams {
  const body = exchangeForm(lent);
  change(body);
  return body;
}

/** Refused before anybody is known: this JSON and no other member, no row, nothing of what was sent. */
async function refused(work: () => Promise<Response>, status: number, error: string, reason: string, description: string) {
  const { result, left } = await watchRows(here.core, work);
  expect([result.status, await result.json()]).toEqual([status, { error, error_description: description, reason }]);
  expect(result.headers.get("cache-control")).toBe("no-store");
  expect(left).toEqual([]);
  return result;
}

describe("the token endpoint refuses", () => {
  it("every method but POST", async () => {
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
      const answer = await send(here.core, `/oauth/token?${exchangeForm(lent)}`, { method });
      expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, "POST"]);
    }
    const work = () => send(here.core, "/oauth/token");
    await refused(work, 405, "invalid_request", "method", "The token endpoint takes POST only.");
  });

  it("a body that is no form", async () => {
    const words = "Send the parameters as application/x-www-form-urlencoded in the body.";
    for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded2"]) {
      await refused(() => post(exchangeForm(lent), { "content-type": type }), 400, "invalid_request", "content_type", words);
    }
    expect((await post(exchangeForm(lent).toString(), { "content-type": "Application/X-WWW-Form-Urlencoded; charset=utf-8" })).status).toBe(
      200,
    );
  });

  it("parameters in the address: they are not read", async () => {
    const work = () => send(here.core, `/oauth/token?${exchangeForm(lent)}`, { method: "POST", headers: FORM, body: "a=1" });
    const words = `grant_type is missing. Send ${TAKEN}.`;
    await refused(work, 400, "invalid_request", "grant_type_missing", words);
  });

  it("a parameter that comes twice, but for resource", async () => {
    const words = "A parameter was sent twice. Send each once.";
    for (const name of ["grant_type", "subject_token", "scope", "client_id", "client_secret", "run_id", "anything"]) {
      const body = form((one) => {
        one.append(name, "x");
        one.append(name, "x");
      });
      await refused(() => post(body), 400, "invalid_request", "parameter_doubled", words);
    }
    const body = form((one) => {
      one.append("resource", "http://valet.test/proxy/demo");
      one.append("resource", "http://valet.test/proxy/demo/");
      one.append("scope", "");
      one.append("scope", "issues:read");
    });
    expect((await post(body)).status).toBe(200);
  });

  it("two ways to prove oneself, or two names", async () => {
    const one = "Prove yourself in one way only: the Authorization header, client_secret in the body, or client_assertion in the body.";
    await refused(() => post(exchangeForm(lent), { authorization: basic() }), 400, "invalid_request", "two_credentials", one);
    await refused(() => post(exchangeForm(lent), { authorization: "Bearer x" }), 400, "invalid_request", "two_credentials", one);
    const body = form((given) => {
      given.delete("client_secret");
      given.set("client_id", "agt_01kjpt2v000000000000000000");
    });
    const other = "client_id in the body is not the one in the Authorization header.";
    await refused(() => post(body, { authorization: basic() }), 400, "invalid_request", "two_client_ids", other);
    body.set("client_id", lent.bot.clientId);
    expect((await post(body, { authorization: basic() })).status).toBe(200);
  });

  it("other grant types, an actor token, another kind of token, and what is missing", async () => {
    const actor = "actor_token is not taken here: the actor is the client that authenticates. Leave it out.";
    const cases: [change: (body: URLSearchParams) => void, error: string, reason: string, words: string][] = [
      [(body) => body.set("grant_type", "password"), "unsupported_grant_type", "unsupported_grant_type", `Send grant_type=${TAKEN}.`],
      [(body) => body.set("grant_type", ""), "invalid_request", "grant_type_missing", `grant_type is missing. Send ${TAKEN}.`],
      [(body) => body.set("actor_token", "x"), "invalid_request", "actor_token", actor],
      [(body) => body.set("actor_token_type", "x"), "invalid_request", "actor_token", actor],
      [
        (body) => body.set("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
        "invalid_request",
        "requested_token_type_unknown",
        "Only access tokens are given here. Send urn:ietf:params:oauth:token-type:access_token, or leave requested_token_type out.",
      ],
      [(body) => body.delete("subject_token"), "invalid_request", "subject_token_missing", "subject_token is missing."],
      [(body) => body.set("subject_token_type", ""), "invalid_request", "subject_token_type_missing", "subject_token_type is missing."],
    ];
    for (const [change, error, reason, words] of cases) await refused(() => post(form(change)), 400, error, reason, words);
  });

  it("a body of more than 64 KiB", async () => {
    const body = form((one) => one.set("filler", "x".repeat(64 * 1024)));
    await refused(() => post(body), 413, "invalid_request", "too_large", "The body may have 64 KiB at most.");
  });

  it("and names the scheme that failed, as RFC 6749 asks", async () => {
    const body = form((one) => {
      one.delete("client_id");
      one.delete("client_secret");
    });
    const challenge = async (authorization: string) => {
      const answer = await post(body, { authorization });
      return [answer.status, answer.headers.get("www-authenticate")];
    };
    expect(await challenge(basic("x", "y"))).toEqual([401, 'Basic realm="http://valet.test", charset="UTF-8"']);
    expect(await challenge("Basic !!!")).toEqual([401, 'Basic realm="http://valet.test", charset="UTF-8"']);
    expect(await challenge("Bearer nonsense")).toEqual([401, 'Bearer realm="http://valet.test", error="invalid_token"']);
  });
});

describe("an error", () => {
  it("has only the characters that RFC 6749 allows, and nothing that was sent beyond a scope's name", async () => {
    const answer = await post(form((body) => body.set("scope", 'issues:"\\\u00e9\u0000write')));
    expect(answer.status).toBe(400);
    const { error_description } = await answer.json();
    expect(error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it("never repeats a secret", async () => {
    const secrets = [lent.bot.clientSecret, "vlt_agt_not-a-real-one", "eyJhbGciOiJub25lIn0.e30."];
    for (const secret of secrets) {
      for (const name of ["subject_token", "subject_token_type", "grant_type", "scope", "resource", "client_id", "run_id"]) {
        const text = await (await post(form((body) => body.set(name, `${secret}x`)))).text();
        if (name !== "run_id") expect(text).not.toContain(secret);
      }
    }
    expect(JSON.stringify(here.core.log.lines)).not.toContain(lent.bot.clientSecret);
  });
});
