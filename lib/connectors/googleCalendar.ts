import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const AUTH = "https://www.googleapis.com/auth";
const CALENDAR = "/calendar/v3/calendars/*";
const EVENTS = `${CALENDAR}/events`;

export const calendarScopes: readonly ConnectorScope[] = [
  {
    name: `${AUTH}/calendar.readonly`,
    label: "Read calendars and events",
    access: "read",
    preset: true,
    contains: [`${AUTH}/calendar.events.readonly`, `${AUTH}/calendar.freebusy`, `${AUTH}/calendar.settings.readonly`],
    opens: reads(CALENDAR, "/calendar/v3/users/*/calendarList", "/calendar/v3/users/*/calendarList/*", "/calendar/v3/colors"),
  },
  {
    name: `${AUTH}/calendar.events.readonly`,
    label: "Read events",
    access: "read",
    opens: reads(EVENTS, `${EVENTS}/*`, `${EVENTS}/*/instances`),
  },
  // A question that does not fit into a URL; it changes nothing.
  { name: `${AUTH}/calendar.freebusy`, label: "See when people are busy", access: "read", opens: posts("/calendar/v3/freeBusy") },
  {
    name: `${AUTH}/calendar.settings.readonly`,
    label: "Read calendar settings",
    access: "read",
    opens: reads("/calendar/v3/users/*/settings", "/calendar/v3/users/*/settings/*"),
  },
  {
    name: `${AUTH}/calendar.events`,
    label: "Create and change events",
    access: "write",
    contains: [`${AUTH}/calendar.events.readonly`],
    opens: [
      ...posts(EVENTS, `${EVENTS}/import`, `${EVENTS}/quickAdd`, `${EVENTS}/*/move`),
      ...rules(["PUT", "PATCH", "DELETE"], `${EVENTS}/*`),
    ],
  },
  {
    name: `${AUTH}/calendar`,
    label: "Change calendars, events and sharing",
    access: "admin",
    contains: [`${AUTH}/calendar.readonly`, `${AUTH}/calendar.events`],
    opens: [
      ...posts("/calendar/v3/calendars", `${CALENDAR}/clear`),
      ...rules(["GET", "POST"], `${CALENDAR}/acl`, "/calendar/v3/users/*/calendarList"),
      ...rules(["PUT", "PATCH", "DELETE"], CALENDAR, "/calendar/v3/users/*/calendarList/*"),
      ...rules(["GET", "PUT", "PATCH", "DELETE"], `${CALENDAR}/acl/*`),
    ],
  },
];
