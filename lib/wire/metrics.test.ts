import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, call, exchangeGrant, type Lent, lend, send, type World, world } from "../testing/builders";
import type { TestCore } from "../testing/core";

const metricsToken = "what-prometheus-shows";

let here: World;
let core: TestCore;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  core = { ...here.core, settings: { ...here.core.settings, metricsToken } };
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

const scrape = async () => (await send(core, "/metrics", { headers: bearer(metricsToken) })).text();

describe("metrics", () => {
  it("count uses by what the ledger says of them, and the askings of a SaaS", async () => {
    const { access_token: token } = (await (await exchangeGrant(core, lent)).json()) as { access_token: string };
    expect((await call(core, token, "/api/issues")).status).toBe(200);
    expect((await call(core, token, "/api/issues", { method: "POST", body: "{}" })).status).toBe(403);
    await exchangeGrant(core, lent, { scope: "files:write" });
    const text = await scrape();
    for (const line of [
      'valet_uses_total{event="token.exchange",decision="allowed",reason="within_grant"} 1',
      'valet_uses_total{event="token.exchange",decision="refused",reason="scope_beyond_grant"} 1',
      'valet_uses_total{event="gateway.call",decision="allowed",reason="within_grant"} 1',
      'valet_uses_total{event="gateway.call",decision="refused",reason="outside_grant"} 1',
      'valet_http_request_duration_seconds_count{endpoint="gateway",status="200"} 1',
      'valet_refreshes_total{connector="demo",outcome="renewed"}',
    ])
      expect(text).toContain(line);
  });

  it("name no secret, nobody, and nothing that a caller sent", async () => {
    await send(core, "/api/v1/a-path-that-somebody-made-up?token=vlt_x");
    await send(core, "/oauth/a-path-that-somebody-made-up");
    const text = await scrape();
    expect(text).not.toMatch(/made-up|vlt_|eyJ|grt_|agt_|per_|@/);
    expect(text).toContain('endpoint="rest",status="404"');
  });

  it("are for whoever holds the token, and are not there where none is set", async () => {
    const wrong = await send(core, "/metrics", { headers: bearer("another-token-altogether") });
    expect([wrong.status, (await wrong.json()).code]).toEqual([401, "invalid_token"]);
    expect((await send(core, "/metrics")).status).toBe(401);
    expect((await send(here.core, "/metrics", { headers: bearer(metricsToken) })).status).toBe(404);
  });
});
