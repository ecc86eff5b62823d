import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demo } from "../connectors/demo";
import { guardedDispatcher, guardedFetch } from "../net/guard";
import type { SaasClient } from "../setups/client";
import { type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { spendRefreshToken } from "./tokenEndpoint";

let core: TestCore;
let server: Server;
let answer: RequestListener;
let hits = 0;
/** No test waits ten seconds: where the answer is slow, the deadline comes sooner. */
let hurry = false;

beforeAll(async () => {
  const send = guardedFetch(guardedDispatcher(new Set(["127.0.0.1"])));
  core = await testCore({ fetch: (url, init) => send(url, hurry ? { ...init, signal: AbortSignal.timeout(300) } : init) });
  server = createServer((request, response) => {
    hits += 1;
    request.resume();
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await core.close();
});

/** Each test at a SaaS of its own: what one does wrong is not held against the next. */
let made = 0;
function client(): SaasClient {
  made += 1;
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connector = { ...demo, id: `demo-${made}`, name: "Acme", oauth: { ...demo.oauth, tokenUrl: `${at}/token` } };
  return { connector, clientId: "valet", clientSecret: "secret" } as SaasClient;
}

const says =
  (body: string, type = "application/json", status = 200, more = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { ...(type ? { "content-type": type } : {}), ...more }).end(body);
  };
const told = (body: object, status = 200) => says(JSON.stringify(body), "application/json", status);
const TOKEN = { access_token: "at_1", token_type: "bearer", expires_in: 600 };
const RETRY = "Try again; if it stays so, tell an admin.";
const BAD = "provider_bad_answer";

const SPOILED: readonly [string, RequestListener, reason: string, sentence: string, detail?: string][] = [
  [
    "a page with status 200",
    says("<!doctype html><p>Soon", "text/html"),
    BAD,
    `Acme answered with a web page where a token belongs. ${RETRY}`,
    "page",
  ],
  [
    "a page that says it is JSON",
    says("<html>", "application/json"),
    BAD,
    `Acme answered with a web page where a token belongs. ${RETRY}`,
    "page",
  ],
  ["nothing", says(""), BAD, `Acme answered with nothing. ${RETRY}`, "empty"],
  ["half of its JSON", says('{"access_token":"at_cut'), BAD, `Acme gave an answer that stops in the middle. ${RETRY}`, "cut_short"],
  ["text", says("access granted", "text/plain"), BAD, `Acme answered in a format that is none of a token. ${RETRY}`, "other_format"],
  ["a list", says('["at_1"]'), BAD, `Acme answered in a format that is none of a token. ${RETRY}`, "other_format"],
  ["a megabyte", told({ ...TOKEN, more: "x".repeat(1 << 20) }), BAD, `Acme answered with far more than a token needs. ${RETRY}`],
  [
    "a redirect",
    says("", "", 307, { location: "/token" }),
    BAD,
    `Acme sent Valet to another address, where it does not follow. ${RETRY}`,
    "redirected",
  ],
  ["its own error", told({ error: "server_error" }, 500), BAD, `Acme answered with an error of its own. ${RETRY}`, "own_error"],
  ["a gateway's page", says("<html>", "text/html", 502), BAD, `Acme answered with an error of its own. ${RETRY}`, "own_error"],
  [
    "no access token",
    told({ token_type: "bearer", refresh_token: "rt_1" }),
    BAD,
    `Acme answered without an access token. ${RETRY}`,
    "no_token",
  ],
  ["an empty one", told({ ...TOKEN, access_token: "" }), BAD, `Acme answered without an access token. ${RETRY}`, "no_token"],
  [
    "one that is a number",
    told({ ...TOKEN, access_token: 7 }),
    BAD,
    `Acme gave a token of a form that no token has. ${RETRY}`,
    "wrong_types",
  ],
  [
    "one with a line break",
    told({ ...TOKEN, access_token: "at\r\nx: y" }),
    BAD,
    `Acme gave a token of a form that no token has. ${RETRY}`,
    "wrong_types",
  ],
  [
    "a refresh token that is a list",
    told({ ...TOKEN, refresh_token: ["rt"] }),
    BAD,
    `Acme gave a token of a form that no token has. ${RETRY}`,
    "wrong_types",
  ],
  [
    "scopes that are a list",
    told({ ...TOKEN, scope: ["a"] }),
    BAD,
    `Acme gave a token of a form that no token has. ${RETRY}`,
    "wrong_types",
  ],
  [
    "an error with status 200",
    told({ ok: false, error: "internal_error" }),
    "provider_refused",
    'Acme refused with "internal_error".',
    "status 400",
  ],
  ["an error that is an object", told({ error: { code: 5 } }), "provider_refused", 'Acme refused with "unknown_error".', "status 400"],
  ["invalid_grant", told({ error: "invalid_grant" }, 400), "provider_invalid_grant", 'Acme refused with "invalid_grant".', "status 400"],
  [
    "invalid_grant with status 403",
    told({ error: "invalid_grant" }, 403),
    "provider_invalid_grant",
    'Acme refused with "invalid_grant".',
    "status 403",
  ],
  ["silence", () => undefined, "provider_timed_out", "Acme did not answer in time. Try again in a minute."],
  [
    "a byte now and then",
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    },
    "provider_timed_out",
    "Acme did not answer in time. Try again in a minute.",
  ],
  [
    "less than it promised",
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "500" }).write('{"access_token":"at_1"');
      setImmediate(() => response.destroy());
    },
    "provider_unreachable",
    "Acme broke off in the middle of its answer. Try again in a minute.",
  ],
  [
    "a line that is cut at once",
    (_, response) => {
      response.destroy();
    },
    "provider_unreachable",
    "Acme could not be reached. Try again in a minute.",
  ],
];

describe("a token endpoint that answers with", () => {
  it.each(SPOILED)(
    "%s is told by that cause, asked once, and nothing of its answer is repeated",
    async (_, how, reason, sentence, detail) => {
      [answer, hits, hurry] = [how, 0, reason === "provider_timed_out"];
      const refusal = await refusalOf(spendRefreshToken(core, client(), "rt_0"));
      expect([refusal.code, refusal.reason, refusal.message]).toEqual(["upstream_failed", reason, sentence]);
      if (detail) expect(refusal.detail).toBe(detail);
      expect(hits).toBe(1);
      expect(`${refusal.message} ${refusal.detail}`).not.toMatch(/at_|rt_|access granted/);
    },
  );

  it.each([
    ["a token", told(TOKEN)],
    ["a token as a form", says("access_token=at_1&token_type=bearer&expires_in=600", "application/x-www-form-urlencoded")],
    ["a token in JSON that says it is text", says(JSON.stringify(TOKEN), "text/plain")],
    ["members it does not know, __proto__ among them", says(`{"__proto__":{"polluted":1},"access_token":"at_1","expires_in":"600"}`)],
  ])("%s is believed", async (_, how) => {
    [answer, hurry] = [how, false];
    expect(await spendRefreshToken(core, client(), "rt_0")).toMatchObject({ accessToken: "at_1", expiresInSeconds: 600 });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
