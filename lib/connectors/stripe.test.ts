import { describe, expect, it } from "vitest";
import { compileGrant } from "../policy/compile";
import { callTable } from "../testing/callTable";
import { stripe } from "./stripe";

callTable(stripe, [
  ["GET", "/v1/account", ["read_only"], "read_only"],
  ["GET", "/v1/customers", ["read_only"], "read_only"],
  ["GET", "/v1/customers/cus_1/payment_methods", ["read_only"], "read_only"],
  ["GET", "/v1/customers", ["read_write"], "read_only"],
  ["POST", "/v1/customers", ["read_only"], "outside_grant: customers:write"],
  ["POST", "/v1/customers/cus_1", ["customers:write"], "customers:write"],
  ["DELETE", "/v1/customers/cus_1", ["billing:write"], "outside_grant: customers:write"],
  ["POST", "/v1/prices", ["catalogue:write"], "catalogue:write"],
  ["POST", "/v1/invoices/in_1/pay", ["customers:write"], "outside_grant: billing:write"],
  ["DELETE", "/v1/subscriptions/sub_1", ["read_write"], "billing:write"],
  ["POST", "/v1/refunds", ["billing:write"], "outside_grant: read_write"],
  ["POST", "/v1/payouts", ["read_write"], "read_write"],
  ["POST", "/v1/ephemeral_keys", ["read_write"], "exception"],
  ["GET", "/v1/apps/secrets/find", ["read_only"], "exception"],
  ["GET", "/v1/issuing/cards/ic_1", ["read_write"], "exception"],
  ["POST", "/v1/account_links", ["read_write"], "exception"],
  ["GET", "/v1/accounts/acct_1", ["read_only"], "exception"],
  ["POST", "/v1/webhook_endpoints", ["read_write"], "exception"],
  ["GET", "/v1/files/file_1", ["read_only"], "unknown_call"],
  ["POST", "/v2/core/accounts", ["read_write"], "unknown_call"],
]);

describe("a Stripe account", () => {
  it("is known by its id and by the name its owner gave it", () => {
    const account = { id: "acct_1", email: "a@example.com", settings: { dashboard: { display_name: "Acme" } } };
    expect(stripe.account.read(account)).toEqual({ id: "acct_1", name: "Acme" });
    expect(stripe.account.read({ id: "acct_1" })).toEqual({ id: "acct_1", name: "acct_1" });
  });

  it("never lends its token: it is a secret key without an end", () => {
    for (const scope of ["read_only", "read_write"])
      expect(compileGrant(stripe, [scope], [scope])).toMatchObject({ delivery: "gateway", directPossible: false });
  });
});
