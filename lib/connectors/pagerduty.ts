import { asRecord, readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const INTEGRATION = "It shows the key that lets anybody send events to the service.";

const INCIDENTS = reads(
  ...["/incidents", "/incidents/*", "/log_entries", "/log_entries/*"],
  ...["alerts", "alerts/*", "notes", "log_entries", "related_incidents", "past_incidents"].map((part) => `/incidents/*/${part}`),
);
const SCHEDULES = reads("/schedules", "/schedules/*", "/schedules/*/users", "/schedules/*/overrides");
const PEOPLE = reads("/users", "/users/*");
const ONCALLS = reads("/oncalls");
const REST = reads("/abilities", "/escalation_policies", "/escalation_policies/*", "/priorities", "/teams", "/teams/*", "/teams/*/members");

const CHANGE_INCIDENTS = [
  ...posts("/incidents", "/incidents/*/notes", "/incidents/*/snooze", "/incidents/*/responder_requests"),
  ...rules(["PUT"], "/incidents", "/incidents/*", "/incidents/*/alerts", "/incidents/*/alerts/*", "/incidents/*/merge"),
];
const CHANGE_SCHEDULES = [
  ...posts("/schedules", "/schedules/*/overrides"),
  ...rules(["PUT", "DELETE"], "/schedules/*"),
  ...rules(["DELETE"], "/schedules/*/overrides/*"),
];
const CHANGE_SERVICES = [...posts("/services"), ...rules(["PUT", "DELETE"], "/services/*")];

// A client at PagerDuty has either the classic pair or the scopes per resource, never both. `include[]` makes an answer carry
// the people, teams and services it names: the labels say so.
const SCOPES: readonly ConnectorScope[] = [
  { name: "openid", label: "Sign in with PagerDuty", access: "read", protocol: true, opens: [] },
  {
    name: "read",
    label: "Read incidents, schedules, teams, people and who is on call",
    access: "read",
    preset: true,
    opens: [
      ...[...INCIDENTS, ...SCHEDULES, ...PEOPLE, ...ONCALLS, ...REST],
      // The filter does not fit into an address, so PagerDuty reads it from a body.
      ...posts("/analytics/metrics/incidents/*", "/analytics/raw/incidents"),
    ],
  },
  { name: "incidents.read", label: "Read incidents, and the people and services they name", access: "read", opens: INCIDENTS },
  { name: "schedules.read", label: "Read schedules, and the people on them", access: "read", opens: SCHEDULES },
  { name: "oncalls.read", label: "Read who is on call, and for what", access: "read", opens: ONCALLS },
  { name: "users.read", label: "Read people, with how to reach them", access: "read", opens: PEOPLE },
  {
    name: "services.read",
    label: "See services, with the keys of their integrations",
    // Whether the keys come back is a query parameter, so this is more than a read.
    access: "write",
    opens: reads("/services", "/services/*"),
  },
  { name: "incidents.write", label: "Create and change incidents", access: "write", opens: CHANGE_INCIDENTS },
  { name: "schedules.write", label: "Change schedules", access: "write", opens: CHANGE_SCHEDULES },
  { name: "services.write", label: "Change services", access: "write", opens: CHANGE_SERVICES },
  {
    name: "users.write",
    label: "Add, change and remove people",
    access: "admin",
    opens: [...posts("/users"), ...rules(["PUT", "DELETE"], "/users/*")],
  },
  {
    name: "write",
    label: "Change incidents and schedules, and read all that can be read",
    access: "write",
    contains: ["read"],
    opens: [...CHANGE_INCIDENTS, ...CHANGE_SCHEDULES],
  },
];

export const pagerduty: Connector = {
  id: "pagerduty",
  name: "PagerDuty",
  summary: "Incidents, schedules and on-call of one PagerDuty account.",
  tile: { letters: "PD", color: "#047a3a" },
  docsUrl: "https://developer.pagerduty.com/docs/oauth-functionality",
  oauth: {
    authorizeUrl: "https://identity.pagerduty.com/oauth/authorize",
    tokenUrl: "https://identity.pagerduty.com/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  tokens: { accessSeconds: 2_592_000, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true, refreshIdleDays: 210 },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "PagerDuty ends tokens only all at once, on the app's registration page. Valet forgets this one.",
  },
  account: {
    method: "GET",
    url: "https://api.pagerduty.com/users/me",
    read: (body) => readFlatAccount(asRecord(body)?.user, "id", ["email", "name"]),
  },
  separateConsent: "works",
  api: { baseUrl: "https://api.pagerduty.com" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/services/*/integrations/**", why: INTEGRATION },
    { methods: ANY, path: "/users/*/sessions/**", why: "It is about who is signed in, not about data." },
    { methods: ANY, path: "/webhook_subscriptions/**", why: "It makes PagerDuty call a third party, beyond the end of this grant." },
    { methods: ANY, path: "/extensions/**", why: "It makes PagerDuty call a third party, beyond the end of this grant." },
  ],
  probes: [
    mustRead("read", "Read incidents", "/incidents?limit=1"),
    mustRead("incidents.read", "Read incidents one by one", "/log_entries?limit=1"),
    mustRead("schedules.read", "Read schedules", "/schedules?limit=1"),
    mustRead("oncalls.read", "Read who is on call", "/oncalls?limit=1"),
    mustRead("users.read", "Read people", "/users?limit=1"),
    judged("services.read", "See services, with their keys", "GET", "/services?limit=1"),
    judged("incidents.write", "Create an incident", "POST", "/incidents"),
    judged("schedules.write", "Create a schedule", "POST", "/schedules"),
    judged("services.write", "Create a service", "POST", "/services"),
    judged("users.write", "Add a person", "POST", "/users"),
  ],
  unverified: [
    "The address of accounts kept in Europe: they are not reached.",
    "That users/me answers for a person's token: without it nothing is connected, and scopes per resource need users.read for it.",
    "How long a token lives: its own answer says.",
    "What using an old refresh token does: each is used once.",
    "That the classic write scope includes reading: what it does not include PagerDuty refuses.",
  ],
};
