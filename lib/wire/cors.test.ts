import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, bearer, exchangeForm, type Lent, lend, send, type World, world } from "../testing/builders";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

const ORIGIN = "https://inspector.example";
const SHOWN = "WWW-Authenticate, DPoP-Nonce, RateLimit-Policy, RateLimit, Retry-After, Valet-Request-Id";

/** Every CORS header of an answer. */
const cors = (answer: Response) => Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith("access-control-")));
const preflight = (path: string, method: string) =>
  send(here.core, path, {
    method: "OPTIONS",
    headers: { origin: ORIGIN, "access-control-request-method": method, "access-control-request-headers": "authorization,dpop" },
  });
const shared = { "access-control-allow-origin": "*", "access-control-expose-headers": SHOWN };

describe("a page of another origin may", () => {
  it("read metadata and keys", async () => {
    for (const path of ["/.well-known/oauth-authorization-server", "/oauth/jwks"]) {
      const answer = await send(here.core, path, { headers: { origin: ORIGIN } });
      expect([path, answer.status, cors(answer)]).toEqual([path, 200, shared]);
    }
  });

  it("ask for a token and read the answer, a refusal and its challenge too, without this browser's cookies", async () => {
    const headers = { origin: ORIGIN };
    const answer = await send(here.core, "/oauth/token", { method: "POST", body: exchangeForm(lent), headers });
    expect([answer.status, cors(answer)]).toEqual([200, shared]);
    const refused = await send(here.core, "/oauth/token", { method: "POST", body: exchangeForm(lent, { client_secret: "x" }), headers });
    expect([refused.status, cors(refused)]).toEqual([401, shared]);
    expect(cors(refused)).not.toHaveProperty("access-control-allow-credentials");
  });

  it("send what those endpoints read, as its preflight is told", async () => {
    const cases = [
      ["/.well-known/oauth-authorization-server", "GET"],
      ["/oauth/jwks", "GET"],
      ["/oauth/token", "POST"],
      ["/oauth/revoke", "POST"],
    ] as const;
    for (const [path, method] of cases) {
      const answer = await preflight(path, method);
      expect([path, answer.status, await answer.text(), cors(answer)]).toEqual([
        path,
        204,
        "",
        {
          ...shared,
          "access-control-allow-methods": method,
          "access-control-allow-headers": "authorization, content-type, dpop, traceparent, baggage",
          "access-control-max-age": "600",
        },
      ]);
    }
  });

  it("an OPTIONS that is no preflight is answered as any other method", async () => {
    expect((await send(here.core, "/oauth/token", { method: "OPTIONS", headers: { origin: ORIGIN } })).status).toBe(405);
  });
});

describe("a page of another origin may not", () => {
  const CLOSED = [
    "/api/v1/me",
    "/api/v1/grants",
    "/api/v1/agent/access",
    "/api/v1/openapi.json",
    "/oauth/introspect",
    "/oauth/device_authorization",
    "/oauth/token/x",
    "/healthz",
    "/proxy/demo/api/issues",
    "/proxy/demo/.well-known/x",
  ];

  it("read anything else, nor is its preflight answered", async () => {
    for (const path of CLOSED) {
      const answers = [
        await send(here.core, path, { headers: { origin: ORIGIN } }),
        await preflight(path, "GET"),
        await preflight(path, "POST"),
      ];
      for (const answer of answers) expect([path, answer.status === 204, cors(answer)]).toEqual([path, false, {}]);
    }
  });

  it("read what came through the gateway, whatever the SaaS says about it", async () => {
    const token = await accessToken(here.core, lent);
    const answer = await send(here.core, "/proxy/demo/api/issues", { headers: { ...bearer(token), origin: ORIGIN } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, null]);
  });
});
