import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const DATA = "/services/data/v*";
const SOBJECTS = `${DATA}/sobjects`;

export const salesforceScopes: readonly ConnectorScope[] = [
  { name: "openid", label: "Sign in with Salesforce", access: "read", protocol: true, opens: [] },
  {
    name: "refresh_token",
    alsoKnownAs: ["offline_access"],
    label: "Keep access while you are away",
    access: "read",
    protocol: true,
    opens: [],
  },
  {
    name: "id",
    label: "Read your identity details",
    access: "read",
    preset: true,
    always: true,
    opens: reads("/services/oauth2/userinfo"),
  },
  {
    name: "records:read",
    label: "Read all records, reports and their layouts",
    access: "read",
    virtual: true,
    opens: [
      ...reads("/services/data", DATA, `${DATA}/limits`, `${DATA}/recent`),
      // A query may end in FOR VIEW, which notes in the person's own list that they saw the record. No address tells.
      ...reads(
        `${DATA}/query`,
        `${DATA}/query/*`,
        `${DATA}/queryAll`,
        `${DATA}/queryAll/*`,
        `${DATA}/search`,
        `${DATA}/parameterizedSearch`,
      ),
      ...reads(SOBJECTS, `${SOBJECTS}/*`, `${SOBJECTS}/*/*`, `${SOBJECTS}/*/*/*`),
      ...reads(`${DATA}/ui-api/object-info/**`, `${DATA}/ui-api/records/**`, `${DATA}/ui-api/list-info/**`, `${DATA}/ui-api/layout/**`),
      ...reads(`${DATA}/analytics/reports`, `${DATA}/analytics/reports/*`, `${DATA}/analytics/reports/*/describe`),
      // The same search as by GET, with its words in a body.
      ...posts(`${DATA}/parameterizedSearch`),
    ],
  },
  {
    name: "records:write",
    label: "Create, change and delete records",
    access: "write",
    virtual: true,
    contains: ["records:read"],
    opens: [...posts(`${SOBJECTS}/*`), ...rules(["PATCH", "DELETE"], `${SOBJECTS}/*/*`, `${SOBJECTS}/*/*/*`)],
  },
  {
    name: "chatter:read",
    label: "Read Chatter feeds",
    access: "read",
    virtual: true,
    opens: reads(`${DATA}/chatter/feeds/**`, `${DATA}/chatter/feed-elements/**`, `${DATA}/chatter/comments/*`, `${DATA}/chatter/users/*`),
  },
  {
    name: "chatter_api",
    label: "Read Chatter and post in it",
    access: "write",
    contains: ["chatter:read"],
    opens: posts(`${DATA}/chatter/feed-elements`, `${DATA}/chatter/feed-elements/*/capabilities/comments/items`),
  },
  {
    name: "api",
    label: "Read and change all data you can",
    access: "write",
    contains: ["records:write", "chatter_api"],
    opens: [],
  },
];
