import { asRecord, asText, readFlatAccount } from "./account";
import type { Connector, ConnectorScope, TokenBody } from "./connector";
import { judged, mustRead, mustReadByPost } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "DELETE"];
/** Rules, the address of GraphQL and the account are about this version of the API; calls to another are refused. */
const API = "/admin/api/2026-07";

/** A list and its members: Shopify writes both with the ending. `count.json` and `search.json` are members too. */
const lists = (...paths: string[]) => paths.flatMap((path) => [`${API}/${path}.json`, `${API}/${path}/*.json`]);

const SCOPES: readonly ConnectorScope[] = [
  {
    name: "read_products",
    label: "Read products and collections",
    access: "read",
    preset: true,
    opens: reads(
      ...lists("products", "products/*/variants", "products/*/images", "custom_collections", "smart_collections", "collects"),
      ...[`${API}/variants/*.json`, `${API}/collections/*.json`, `${API}/collections/*/products.json`],
    ),
  },
  {
    name: "read_orders",
    label: "Read orders, and who placed them",
    access: "read",
    opens: reads(...lists("orders", "orders/*/transactions", "orders/*/refunds", "orders/*/fulfillments")),
  },
  { name: "read_customers", label: "Read customers", access: "read", opens: reads(...lists("customers", "customers/*/addresses")) },
  {
    name: "graphql:read",
    label: "Read anything this connection can read, through GraphQL",
    access: "read",
    virtual: true,
    opens: [{ methods: ["POST"], path: `${API}/graphql.json`, graphql: "query" }],
  },
  {
    name: "write_products",
    label: "Change products and collections",
    access: "write",
    contains: ["read_products"],
    opens: [
      ...posts(
        ...["products", "products/*/variants", "products/*/images", "custom_collections", "collects"].map((path) => `${API}/${path}.json`),
      ),
      ...rules(["PUT", "DELETE"], ...["products/*", "products/*/images/*", "custom_collections/*"].map((path) => `${API}/${path}.json`)),
      ...rules(["PUT"], `${API}/variants/*.json`),
      ...rules(["DELETE"], `${API}/products/*/variants/*.json`, `${API}/collects/*.json`),
    ],
  },
  {
    name: "write_orders",
    label: "Change, close and cancel orders",
    access: "write",
    contains: ["read_orders"],
    opens: [
      ...posts(...["close", "open", "cancel"].map((verb) => `${API}/orders/*/${verb}.json`)),
      ...rules(["PUT"], `${API}/orders/*.json`),
    ],
  },
];

/** A person's own token: what the app may is in `scope`, what this person lets it is beside it. */
function normalizeToken(body: TokenBody): TokenBody {
  return asText(body.associated_user_scope) ? { ...body, scope: body.associated_user_scope } : body;
}

export const shopify: Connector = {
  id: "shopify",
  name: "Shopify",
  summary: "Products, orders and customers of one shop, within what the person may see there.",
  tile: { letters: "Sh", color: "#4b7a1b" },
  docsUrl: "https://shopify.dev/docs/apps/build/authentication-authorization",
  tenant: {
    label: "Your shop's name in front of .myshopify.com",
    example: "acme-shop",
    pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  },
  oauth: {
    authorizeUrl: "https://{tenant}.myshopify.com/admin/oauth/authorize",
    tokenUrl: "https://{tenant}.myshopify.com/admin/oauth/access_token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: false,
    scopeParameter: "scope",
    scopeSeparator: ",",
    // Without it the token is the app's own for the whole shop, whoever asked for it, and has no end.
    authorizeParameters: { "grant_options[]": "per-user" },
    normalizeToken,
  },
  tokens: { accessSeconds: 86_400, refresh: "none", narrowing: { how: "none" }, refreshKillsAccess: false },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Shopify ends this token by itself within a day. To end it now, remove the app from the shop.",
  },
  account: {
    method: "GET",
    url: `https://{tenant}.myshopify.com${API}/shop.json`,
    read: (body) => readFlatAccount(asRecord(body)?.shop, "id", ["myshopify_domain", "name"]),
  },
  api: { baseUrl: "https://{tenant}.myshopify.com", graphqlPath: `${API}/graphql.json`, tokenHeader: "x-shopify-access-token" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/admin/oauth/**", why: "It makes keys to Shopify, which only Valet may." },
    { methods: ANY, path: "/admin/api_permissions/**", why: "It removes the app itself." },
    { methods: ANY, path: "/admin/api/*/storefront_access_tokens*/**", why: "It makes keys to the shop that outlive this grant." },
    { methods: ANY, path: "/admin/api/*/webhooks*/**", why: "It makes Shopify call a third party, beyond the end of this grant." },
    { methods: ANY, path: "/admin/api/*/script_tags*/**", why: "It runs a script in every visitor's browser." },
    {
      methods: ANY,
      path: "/admin/api/*/customers/*/account_activation_url.json",
      why: "It answers with a link that signs in as the customer.",
    },
  ],
  probes: [
    mustRead("read_products", "Read products", "/admin/api/2026-07/products.json?limit=1"),
    mustRead("read_orders", "Read orders", "/admin/api/2026-07/orders.json?limit=1"),
    mustRead("read_customers", "Read customers", "/admin/api/2026-07/customers.json?limit=1"),
    mustReadByPost("graphql:read", "Read through GraphQL", "/admin/api/2026-07/graphql.json", { query: "{ shop { name } }" }),
    judged("write_products", "Create a product", "POST", "/admin/api/2026-07/products.json"),
    judged("write_orders", "Cancel an order", "POST", "/admin/api/2026-07/orders/0/cancel.json"),
  ],
  unverified: [
    "Most of this connector: it is made from a catalogue and was not tried at a shop.",
    "The version of the API: another one is refused.",
    "That a person's own token lives for a day and cannot be renewed: the person connects again.",
    "How tokens that expire and refresh are asked for: not used.",
    "The changes through GraphQL: none is opened.",
    "The callback's hmac is not checked: state, the shop's fixed host and the client secret bind the code.",
  ],
};
