import { asRecord, asText } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "DELETE"];
const KEY = "It makes or shows a key that would outlive this grant.";

const things = (...names: string[]) => names.map((name) => `/v1/${name}`);
const READABLE = [
  ...["balance", "balance_transactions", "charges", "coupons", "credit_notes", "customers", "disputes", "events", "invoiceitems"],
  ...["invoices", "payment_intents", "payment_links", "payouts", "prices", "products", "promotion_codes", "quotes", "refunds"],
  ...["shipping_rates", "subscription_items", "subscription_schedules", "subscriptions", "tax_rates", "topups", "transfers"],
];

/** Stripe makes by a POST to the list and changes by a POST to the thing. */
const changes = (...names: string[]) => names.flatMap((name) => posts(`/v1/${name}`, `/v1/${name}/*`));
const steps = (name: string, ...verbs: string[]) => posts(...verbs.map((verb) => `/v1/${name}/*/${verb}`));

// `expand` makes any answer carry what it points to, so no part of the account can be read without the rest, and whoever
// may write reads as well.
const SCOPES: readonly ConnectorScope[] = [
  {
    name: "read_only",
    label: "Read the account, its customers and its payments",
    access: "read",
    preset: true,
    opens: reads("/v1/account", ...things(...READABLE).map((path) => `${path}/**`)),
  },
  {
    name: "customers:write",
    label: "Change customers",
    access: "write",
    virtual: true,
    contains: ["read_only"],
    opens: [...changes("customers"), ...rules(["DELETE"], "/v1/customers/*")],
  },
  {
    name: "catalogue:write",
    label: "Change products, prices and coupons",
    access: "write",
    virtual: true,
    contains: ["read_only"],
    opens: [
      ...changes("products", "prices", "coupons", "promotion_codes", "shipping_rates", "tax_rates"),
      ...rules(["DELETE"], "/v1/products/*", "/v1/coupons/*"),
    ],
  },
  {
    name: "billing:write",
    label: "Change invoices and subscriptions, which charges customers",
    access: "write",
    virtual: true,
    contains: ["read_only"],
    opens: [
      ...changes("invoices", "invoiceitems", "subscriptions", "subscription_items", "credit_notes"),
      ...steps("invoices", "finalize", "send", "pay", "void", "mark_uncollectible"),
      ...rules(["DELETE"], ...things("invoices/*", "invoiceitems/*", "subscriptions/*", "subscription_items/*")),
    ],
  },
  {
    name: "read_write",
    label: "Read and change the account, take payments and move money",
    access: "admin",
    contains: ["customers:write", "catalogue:write", "billing:write"],
    opens: [
      ...changes("payment_intents", "charges", "refunds", "payouts", "transfers", "disputes"),
      ...steps("payment_intents", "confirm", "capture", "cancel"),
      ...posts("/v1/charges/*/capture", "/v1/refunds/*/cancel", "/v1/payouts/*/cancel", "/v1/payouts/*/reverse", "/v1/disputes/*/close"),
    ],
  },
];

function readAccount(body: unknown): { id: string; name: string } | null {
  const account = asRecord(body);
  const id = asText(account?.id);
  const dashboard = asRecord(asRecord(account?.settings)?.dashboard);
  const profile = asRecord(account?.business_profile);
  return id ? { id, name: asText(dashboard?.display_name) ?? asText(profile?.name) ?? asText(account?.email) ?? id } : null;
}

export const stripe: Connector = {
  id: "stripe",
  name: "Stripe",
  summary: "Customers, payments, invoices and products of one Stripe account, through Connect.",
  tile: { letters: "St", color: "#635bff" },
  docsUrl: "https://docs.stripe.com/connect/oauth-reference",
  oauth: {
    authorizeUrl: "https://connect.stripe.com/oauth/authorize",
    tokenUrl: "https://connect.stripe.com/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    // The client secret is the platform's secret key.
    clientAuth: "post",
    pkce: false,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  // `scope` on refresh does narrow, but every such token is one more secret key without an end that nothing ends singly.
  tokens: { accessSeconds: null, refresh: "stable", narrowing: { how: "none" }, refreshKillsAccess: false },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Stripe ends all of an account's tokens together, when it is disconnected in the Dashboard under Installed apps.",
  },
  account: { method: "GET", url: "https://api.stripe.com/v1/account", read: readAccount },
  api: { baseUrl: "https://api.stripe.com" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/v1/ephemeral_keys/**", why: KEY },
    { methods: ANY, path: "/v1/apps/secrets/**", why: KEY },
    { methods: ANY, path: "/v1/terminal/connection_tokens", why: KEY },
    { methods: ANY, path: "/v1/file_links/**", why: "It makes a link that opens a file for whoever has it." },
    { methods: ANY, path: "/v1/account_*", why: "It makes a link or a session that acts as the account." },
    { methods: ANY, path: "/v1/accounts/**", why: "It administers accounts, not what is in this one." },
    { methods: ANY, path: "/v1/issuing/**", why: "A parameter makes it answer with the numbers of cards." },
    { methods: ANY, path: "/v1/webhook_endpoints/**", why: "It makes Stripe call a third party, beyond the end of this grant." },
    { methods: ANY, path: "/v1/events/*/retry", why: "It makes Stripe call a third party again." },
  ],
  probes: [
    mustRead("read_only", "Read the balance", "/v1/balance"),
    mustRead("read_only", "List customers", "/v1/customers?limit=1"),
    judged("customers:write", "Create a customer", "POST", "/v1/customers"),
    judged("catalogue:write", "Create a product", "POST", "/v1/products"),
    judged("billing:write", "Create an invoice", "POST", "/v1/invoices"),
    judged("read_write", "Refund a payment", "POST", "/v1/refunds"),
  ],
  unverified: [
    "Whether the authorize page honours PKCE: not sent.",
    "Whether both scopes may be asked for together: ask for one.",
    "What the tokens of Stripe Apps are like: this connector is for Connect alone.",
    "A payment read through the API carries a client secret that can finish that one payment: no other use of it is known.",
  ],
};
