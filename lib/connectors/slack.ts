import { asRecord, asText } from "./account";
import type { Connector, TokenBody } from "./connector";
import { judged, mustRead } from "./probes";
import { channelKind } from "./slackChannel";
import { slackScopes } from "./slackScopes";

const ANY = ["GET", "POST"];
const KEYS = "It makes, changes or ends keys to Slack, which only Valet may.";
const SOCKET = "It opens a stream beside the gateway that would outlive this grant.";

/** The members of RFC 6749 section 5.1; Slack's `token_type` names whose token it is, not how it is used. */
function plainToken({ access_token, scope, refresh_token, expires_in }: TokenBody): TokenBody {
  const members = { access_token, token_type: "Bearer", scope, refresh_token, expires_in };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The first answer nests the person's token beside the app's own, a refresh answers flat. Only the person's is theirs to lend. */
function normalizeToken(body: TokenBody): TokenBody {
  if (body.ok === false || "error" in body) return body;
  const person = asRecord(body.authed_user) ?? body;
  return person.access_token && person.token_type === "user" ? plainToken(person) : { error: "no_user_token" };
}

function readAccount(body: unknown): { id: string; name: string } | null {
  const answer = asRecord(body);
  const user = asText(answer?.user_id);
  const place = asText(answer?.team_id) ?? asText(answer?.enterprise_id);
  if (answer?.ok !== true || !user || !place) return null;
  return { id: `${place}.${user}`, name: `${asText(answer.user) ?? user} at ${asText(answer.team) ?? place}` };
}

export const slack: Connector = {
  id: "slack",
  name: "Slack",
  summary: "Channels, messages, people and files of one workspace, as the person.",
  tile: { letters: "Sl", color: "#4a154b" },
  docsUrl: "https://docs.slack.dev/authentication/installing-with-oauth",
  oauth: {
    authorizeUrl: "https://slack.com/oauth/v2/authorize",
    tokenUrl: "https://slack.com/api/oauth.v2.access",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    // Switching PKCE on turns a Slack app into a public client for good, without a secret.
    pkce: false,
    scopeParameter: "user_scope",
    scopeSeparator: ",",
    authorizeParameters: {},
    normalizeToken,
  },
  tokens: { accessSeconds: null, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: false },
  revocation: {
    how: "bearer_post",
    url: "https://slack.com/api/auth.revoke",
    reach: "connection",
    note: "Slack ends this person's token. The app stays installed in the workspace until an admin removes it.",
  },
  account: { method: "POST", url: "https://slack.com/api/auth.test", read: readAccount },
  readRegistration: "works",
  api: { baseUrl: "https://slack.com/api", tokenParameter: "token" },
  scopes: slackScopes,
  exceptions: [
    { methods: ANY, path: "/auth.revoke", why: KEYS },
    { methods: ANY, path: "/oauth.*", why: KEYS },
    { methods: ANY, path: "/openid.*", why: KEYS },
    { methods: ANY, path: "/tooling.*", why: KEYS },
    { methods: ANY, path: "/apps.*", why: "It changes or removes the app itself." },
    { methods: ANY, path: "/admin.*", why: "It administers the whole organization." },
    { methods: ANY, path: "/rtm.*", why: SOCKET },
    { methods: ANY, path: "/views.*", why: "It shows windows to people in the app's name." },
    { methods: ANY, path: "/dialog.*", why: "It shows windows to people in the app's name." },
    { methods: ANY, path: "/files.remote.share", why: "It shows a file from elsewhere to a whole channel." },
  ],
  resources: [channelKind],
  probes: [
    mustRead("users:read", "List people", "/users.list?limit=1"),
    mustRead("channels:read", "List channels", "/conversations.list?limit=1"),
    mustRead("emoji:read", "List emoji", "/emoji.list"),
    mustRead("team:read", "Read the workspace", "/team.info"),
    judged("messages:post", "Post a message", "POST", "/chat.postMessage"),
    judged("chat:write", "Delete a message", "POST", "/chat.delete"),
    judged("reactions:write", "Add a reaction", "POST", "/reactions.add"),
    judged("files:write", "Delete a file", "POST", "/files.delete"),
    judged("channels:write", "Create a channel", "POST", "/conversations.create"),
    judged("groups:write", "Archive a private channel", "POST", "/conversations.archive"),
  ],
  unverified: [
    "That a further consent adds to the scopes of the earlier one: what the answer lists is what counts.",
    "Whether token rotation is on: tokens are taken to have no end, so none is handed out.",
    "Read methods added since 2021, apart from those listed: not opened.",
    "Whether a token in the body or the query takes precedence over the header: none is let through.",
  ],
};
