import { asRecord, asText, readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const BASE = "https://api.zoom.us/v2";
const KEY = "It answers with a key to Zoom that would outlive this grant.";

/** One meeting comes with the link that starts it as its host, so looking at it is more than a read. */
const ONE_MEETING = reads("/meetings/*");
const ONE_WEBINAR = reads("/webinars/*");
const CHANGE = rules(["PATCH"], "/meetings/*");
const DELETE = rules(["DELETE"], "/meetings/*");

/** The scope of one person's own things, and the one of everybody's: only the token tells them apart, not the path. */
function ownAndAll(name: string, own: string, all: string, opens: ConnectorScope["opens"]): ConnectorScope[] {
  return [
    { name, label: own, access: "write", inseparableFrom: [`${name}:admin`], opens },
    { name: `${name}:admin`, label: all, access: "admin", opens },
  ];
}

const SCOPES: readonly ConnectorScope[] = [
  { name: "user:read:user", label: "Read your profile", access: "read", preset: true, always: true, opens: reads("/users/me") },
  {
    name: "meeting:read:list_meetings",
    label: "List your meetings",
    access: "read",
    preset: true,
    opens: reads("/users/me/meetings"),
  },
  {
    name: "cloud_recording:read:list_user_recordings",
    label: "List your recordings, with the links that play them",
    access: "read",
    opens: reads("/users/me/recordings"),
  },
  ...ownAndAll(
    "meeting:read:meeting",
    "See one meeting, with the link that starts it as you",
    "See anybody's meeting, with the link that starts it as its host",
    ONE_MEETING,
  ),
  ...ownAndAll(
    "webinar:read:webinar",
    "See one webinar, with the link that starts it as you",
    "See anybody's webinar, with the link that starts it as its host",
    ONE_WEBINAR,
  ),
  { name: "meeting:write:meeting", label: "Create meetings", access: "write", opens: posts("/users/me/meetings") },
  ...ownAndAll("meeting:update:meeting", "Change your meetings", "Change anybody's meetings", CHANGE),
  ...ownAndAll("meeting:delete:meeting", "Delete your meetings", "Delete anybody's meetings", DELETE),
  { name: "user:read:list_users:admin", label: "List everybody in the account", access: "admin", opens: reads("/users") },
  { name: "meeting:write:meeting:admin", label: "Create meetings for anybody", access: "admin", opens: posts("/users/*/meetings") },
];

/** The token answer names the host of this account's region; without that it is the common one. */
function readApiBase(body: unknown): string | null {
  const answer = asRecord(body);
  const told = asText(answer?.api_url);
  if (told) return `${told.replace(/\/$/, "")}/v2`;
  return asText(answer?.access_token) ? BASE : null;
}

export const zoom: Connector = {
  id: "zoom",
  name: "Zoom",
  summary: "Meetings, webinars and recordings of one Zoom user.",
  tile: { letters: "Zo", color: "#0b5cff" },
  docsUrl: "https://developers.zoom.us/docs/integrations/oauth/",
  oauth: {
    authorizeUrl: "https://zoom.us/oauth/authorize",
    tokenUrl: "https://zoom.us/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  // Whether a refresh ends the token before it is not documented: taken to be so, which keeps tokens at the gateway.
  tokens: { accessSeconds: 3600, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true, refreshIdleDays: 90 },
  revocation: {
    how: "rfc7009",
    url: "https://zoom.us/oauth/revoke",
    reach: "connection",
    note: "Zoom ends the token. How much ends with it is not documented, so it is taken to be the whole connection.",
  },
  account: {
    method: "GET",
    url: `${BASE}/users/me`,
    read: (body) => readFlatAccount(body, "id", ["email", "display_name", "first_name"]),
  },
  readRegistration: "works",
  api: {
    baseUrl: BASE,
    perAccount: { from: "token", read: readApiBase, allowed: /^https:\/\/api(?:-[a-z]{2,3})?\.zoom\.us\/v2$/ },
  },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/users/*/token", why: KEY },
    { methods: ANY, path: "/users/*/zak", why: KEY },
    { methods: ANY, path: "/meetings/*/token", why: KEY },
    { methods: ANY, path: "/meetings/*/jointoken/**", why: KEY },
    {
      methods: ["GET"],
      path: "/meetings/*/recordings/**",
      why: "A parameter makes it answer with a key to the recording that would outlive this grant.",
    },
    { methods: ANY, path: "/accounts/**", why: "It administers the whole Zoom account." },
  ],
  probes: [
    mustRead("user:read:user", "Read your profile", "/users/me"),
    mustRead("meeting:read:list_meetings", "List your meetings", "/users/me/meetings?page_size=1"),
    mustRead("cloud_recording:read:list_user_recordings", "List your recordings", "/users/me/recordings?page_size=1"),
    judged("meeting:read:meeting", "See the link that starts a meeting", "GET", "/meetings/0"),
    judged("meeting:read:meeting:admin", "See the link that starts anybody's meeting", "GET", "/meetings/0"),
    judged("webinar:read:webinar", "See the link that starts a webinar", "GET", "/webinars/0"),
    judged("webinar:read:webinar:admin", "See the link that starts anybody's webinar", "GET", "/webinars/0"),
    judged("meeting:write:meeting", "Create a meeting", "POST", "/users/me/meetings"),
    judged("meeting:update:meeting", "Change a meeting", "PATCH", "/meetings/0"),
    judged("meeting:update:meeting:admin", "Change anybody's meeting", "PATCH", "/meetings/0"),
    judged("meeting:delete:meeting", "Delete a meeting", "DELETE", "/meetings/0"),
    judged("meeting:delete:meeting:admin", "Delete anybody's meeting", "DELETE", "/meetings/0"),
    judged("user:read:list_users:admin", "List everybody in the account", "GET", "/users"),
    judged("meeting:write:meeting:admin", "Create a meeting for somebody", "POST", "/users/0/meetings"),
  ],
  unverified: [
    "Which addresses answer with keys besides those refused: none of them is opened.",
    "Whether people may untick optional scopes: the answer's scope is what counts.",
    "Whether the scope parameter narrows what the app was registered with: what the answer lists is what counts.",
    "Whether a refresh ends the earlier access token: taken to be so, and none is handed out.",
    "Which regional hosts there are beyond api and api with a short suffix: no other is believed.",
  ],
};
