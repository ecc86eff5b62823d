import type { ResourceKind } from "./beyondScopes";
import type { ConnectorScope } from "./connector";
import { calendarScopes } from "./googleCalendar";
import { fileScopes } from "./googleFiles";
import { mailScopes } from "./googleMail";
import { posts, rules } from "./rules";

const DRIVE = "/drive/v3/files";
const names = (scopes: readonly ConnectorScope[]) => scopes.map(({ name }) => name);
const SETTINGS = "https://www.googleapis.com/auth/calendar.settings.readonly";

/** Google writes a verb behind an id: "1AbC:batchUpdate". */
const withoutVerb = (text: string): string => text.replace(/:[A-Za-z]+$/, "");

const fileKind: ResourceKind = {
  id: "file",
  label: "Only these files, documents and sheets, by their ids",
  example: "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
  pattern: /^[A-Za-z0-9_-]{15,100}$/,
  governs: names(fileScopes),
  apart: [...names(mailScopes), ...names(calendarScopes)],
  listing: {
    scopes: ["drive.readonly", "drive.metadata.readonly", "drive.file", "drive"].map((name) => `https://www.googleapis.com/auth/${name}`),
    path: DRIVE,
    query: { pageSize: "100", orderBy: "viewedByMeTime desc", fields: "nextPageToken,files(id,name)", q: "trashed = false" },
    search: { parameter: "q", phrase: (text) => `trashed = false and name contains '${text.replace(/[\\']/g, "\\$&")}'` },
    items: "files",
    id: "{id}",
    label: "{name}",
    next: { how: "cursor", member: "nextPageToken", parameter: "pageToken" },
  },
  named: [
    { path: `${DRIVE}/{}/**` },
    { path: "/upload/drive/v3/files/{}" },
    { path: "/v1/documents/{}", read: withoutVerb },
    { path: "/v4/spreadsheets/{}/**", read: withoutVerb },
    { path: "/v4/spreadsheets/*/sheets/*", parameter: "destinationSpreadsheetId" },
  ],
  beyond: [
    // A copy is a file that the grant is not kept to; the rest of an upload belongs to whichever file began it.
    ...posts(`${DRIVE}/*/copy`),
    ...rules(["PUT"], "/upload/drive/v3/files/*"),
  ],
};

const calendarKind: ResourceKind = {
  id: "calendar",
  label: "Only these calendars, by their ids",
  example: "team@group.calendar.google.com",
  pattern: /^(?:primary|[A-Za-z0-9._#+-]{1,100}@[A-Za-z0-9.-]{1,100})$/,
  governs: names(calendarScopes).filter((name) => name !== SETTINGS),
  apart: [SETTINGS, ...names(mailScopes), ...names(fileScopes)],
  listing: {
    scopes: ["https://www.googleapis.com/auth/calendar.readonly"],
    path: "/calendar/v3/users/me/calendarList",
    query: { maxResults: "250", fields: "nextPageToken,items(id,summary)" },
    items: "items",
    id: "{id}",
    label: "{summary}",
    next: { how: "cursor", member: "nextPageToken", parameter: "pageToken" },
  },
  named: [
    { path: "/calendar/v3/calendars/{}/**" },
    { path: "/calendar/v3/users/*/calendarList/{}" },
    { path: "/calendar/v3/calendars/*/events/*/move", parameter: "destination" },
  ],
};

export const googleResources: readonly ResourceKind[] = [fileKind, calendarKind];
