import { readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const ME = "/users/@me";

const SCOPES: readonly ConnectorScope[] = [
  {
    name: "identify",
    label: "Read your profile",
    access: "read",
    preset: true,
    always: true,
    // The same answer carries the e-mail address once the token may see it.
    inseparableFrom: ["email"],
    opens: reads(ME),
  },
  { name: "email", label: "Read your profile with your e-mail address", access: "read", opens: reads(ME) },
  { name: "guilds", label: "List your servers", access: "read", preset: true, opens: reads(`${ME}/guilds`) },
  {
    name: "guilds.members.read",
    label: "Read your roles and nickname on a server",
    access: "read",
    opens: reads(`${ME}/guilds/*/member`),
  },
  { name: "connections", label: "See which other accounts you linked", access: "read", opens: reads(`${ME}/connections`) },
  {
    name: "role_connections.write",
    label: "Change what your linked roles show",
    access: "write",
    opens: rules(["GET", "PUT"], `${ME}/applications/*/role-connection`),
  },
];

export const discord: Connector = {
  id: "discord",
  name: "Discord",
  summary: "Profile and servers of one Discord user. Messages are open to bots alone.",
  tile: { letters: "Di", color: "#5865f2" },
  docsUrl: "https://discord.com/developers/docs/topics/oauth2",
  oauth: {
    authorizeUrl: "https://discord.com/oauth2/authorize",
    tokenUrl: "https://discord.com/api/oauth2/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  tokens: { accessSeconds: 604_800, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "rfc7009",
    url: "https://discord.com/api/oauth2/token/revoke",
    reach: "connection",
    note: "Discord ends every token of the authorization, whichever of them it is given.",
  },
  account: {
    method: "GET",
    url: "https://discord.com/api/v10/users/@me",
    read: (body) => readFlatAccount(body, "id", ["username", "global_name"]),
  },
  api: { baseUrl: "https://discord.com/api/v10" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/oauth2/**", why: "It is about keys to Discord, which only Valet may touch." },
    { methods: ANY, path: "/webhooks/**", why: "The address of a webhook is a key, and it works without this grant." },
    { methods: ["DELETE"], path: `${ME}/guilds/*`, why: "It leaves a server, and only an invitation leads back." },
  ],
  probes: [
    mustRead("identify", "Read your profile", "/users/@me"),
    mustRead("guilds", "List your servers", "/users/@me/guilds"),
    mustRead("connections", "See your linked accounts", "/users/@me/connections"),
    judged("role_connections.write", "Change a linked role", "PUT", "/users/@me/applications/0/role-connection"),
  ],
  unverified: [
    "Whether a refresh token rotates, and what using an old one does: the newest is kept and used once.",
    "Whether a refresh ends the earlier access token: taken to be so, and none is handed out.",
    "Whether the authorize page honours PKCE: sent, and not relied on.",
    "Scopes that act on consent (a bot, a webhook, joining servers) are not asked for.",
  ],
};
