import { afterEach, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { findConnector } from "../connectors/registry";
import { STRICT_CLIENT, type StrictSaas, startStrictSaas } from "./strictSaas";

let saas: StrictSaas;
afterEach(() => saas.close());

const start = async (id: string) => {
  saas = await startStrictSaas(findConnector(id) as Connector, () => new Date(0));
};
const call = async (token: string, method: string, path: string, header = "authorization", prefix = "Bearer ") =>
  (await fetch(saas.url + path, { method, headers: { [header]: prefix + token } })).status;

async function refresh(form: Record<string, string>, secret = STRICT_CLIENT.clientSecret) {
  const basic = Buffer.from(`${STRICT_CLIENT.clientId}:${secret}`).toString("base64");
  const body = new URLSearchParams({ grant_type: "refresh_token", ...form });
  const answer = await fetch(`${saas.url}/oauth/token`, { method: "POST", headers: { authorization: `Basic ${basic}` }, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

it("opens to a live token what its scopes open, and nothing else", async () => {
  await start("demo");
  const { accessToken } = saas.consent(["issues:read"]);
  expect(await call(accessToken, "GET", "/api/issues")).toBe(200);
  expect(await call(accessToken, "GET", "/api/files")).toBe(403);
  expect(await call(accessToken, "POST", "/api/issues")).toBe(403);
  expect(await call(accessToken, "GET", "/api/elsewhere")).toBe(404);
  expect(await call("strict_at_nobody", "GET", "/api/issues")).toBe(401);
  expect(await call(accessToken, "GET", "/api/issues", "x-token", "")).toBe(401);
  expect(saas.calls.map(({ status }) => status)).toEqual([200, 403, 403, 404, 401, 401]);
});

it("rotates, narrows what is asked by scope, and takes no token and no client twice or wrong", async () => {
  await start("demo");
  const { refreshToken } = saas.consent(["issues:read", "issues:write"]);
  const first = await refresh({ refresh_token: refreshToken ?? "", scope: "issues:read" });
  expect(first).toMatchObject({ status: 200, body: { scope: "issues:read" } });
  expect(await call(first.body.access_token ?? "", "POST", "/api/issues")).toBe(403);
  expect(await refresh({ refresh_token: refreshToken ?? "" })).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  const again = { refresh_token: first.body.refresh_token ?? "" };
  expect(await refresh(again, "wrong")).toMatchObject({ status: 401, body: { error: "invalid_client" } });
  expect(await refresh({ ...again, scope: "admin" })).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
  expect((await refresh(again)).body.scope).toBe("issues:read issues:write");
});

it("takes the token where this SaaS takes it, and ends it where a refresh does", async () => {
  await start("shopify");
  const { accessToken } = saas.consent(["read_products"]);
  expect(await call(accessToken, "GET", "/admin/api/2026-07/products.json", "x-shopify-access-token", "")).toBe(200);
  expect(await call(accessToken, "GET", "/admin/api/2026-07/products.json")).toBe(401);
  await saas.close();
  await start("airtable");
  const killed = saas.consent(["schema.bases:read"]);
  expect(await call(killed.accessToken, "GET", "/v0/meta/bases")).toBe(200);
  expect((await refresh({ refresh_token: killed.refreshToken ?? "" })).status).toBe(200);
  expect(await call(killed.accessToken, "GET", "/v0/meta/bases")).toBe(401);
});
