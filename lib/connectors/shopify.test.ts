import { expect, it } from "vitest";
import { callTable, mutation, query } from "../testing/callTable";
import { shopify } from "./shopify";

const A = "/admin/api/2026-07";
callTable(shopify, [
  ["GET", `${A}/products.json`, ["read_products"], "read_products"],
  ["GET", `${A}/products/count.json`, ["read_products"], "read_products"],
  ["GET", `${A}/products/1/images.json`, ["write_products"], "read_products"],
  ["GET", `${A}/orders.json`, ["read_products"], "outside_grant: read_orders"],
  ["GET", `${A}/customers/1.json`, ["read_orders"], "outside_grant: read_customers"],
  ["POST", `${A}/products.json`, ["read_products"], "outside_grant: write_products"],
  ["DELETE", `${A}/products/1.json`, ["write_products"], "write_products"],
  ["POST", `${A}/orders/1/cancel.json`, ["read_orders"], "outside_grant: write_orders"],
  ["POST", `${A}/orders/1/refunds.json`, ["write_orders"], "unknown_call"],
  ["GET", "/admin/api/2024-01/products.json", ["read_products"], "unknown_call"],
  ["POST", `${A}/graphql.json`, ["graphql:read"], "graphql:read", query("products")],
  ["POST", `${A}/graphql.json`, ["read_products"], "outside_grant: graphql:read", query("products")],
  ["POST", `${A}/graphql.json`, ["graphql:read", "write_products"], "unknown_call", mutation("productCreate")],
  ["POST", `${A}/graphql.json`, ["graphql:read"], "graphql_unreadable"],
  ["POST", "/admin/api/unstable/graphql.json", ["graphql:read"], "unknown_call", query("products")],
  ["POST", `${A}/webhooks.json`, ["write_products"], "exception"],
  ["POST", `${A}/storefront_access_tokens.json`, ["write_products"], "exception"],
  ["POST", `${A}/customers/1/account_activation_url.json`, ["read_customers"], "exception"],
  ["POST", "/admin/oauth/access_token", ["write_products"], "exception"],
  ["DELETE", "/admin/api_permissions/current.json", ["write_products"], "exception"],
]);

it("believes what the person may do in the shop, not what the app may", () => {
  const answer = { access_token: "t", scope: "write_products,write_orders", associated_user_scope: "read_products" };
  expect(shopify.oauth.normalizeToken?.(answer)).toMatchObject({ scope: "read_products" });
  expect(shopify.oauth.normalizeToken?.({ error: "invalid_request" })).toEqual({ error: "invalid_request" });
});
