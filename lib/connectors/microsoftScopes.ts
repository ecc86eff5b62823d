import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const ME = "/v1.0/me";
const MAIL = [`${ME}/messages`, `${ME}/mailFolders/*/messages`];
const EVENTS = [`${ME}/events`, `${ME}/calendar/events`, `${ME}/calendars/*/events`];
const DRIVES = [`${ME}/drive`, "/v1.0/drives/*"];

const each = (bases: readonly string[], ...tails: string[]) => bases.flatMap((base) => tails.map((tail) => `${base}${tail}`));

const MAIL_READS = reads(`${ME}/messages/**`, `${ME}/mailFolders/**`);

const scopes: readonly ConnectorScope[] = [
  {
    name: "User.Read",
    label: "Read your profile",
    access: "read",
    preset: true,
    opens: reads(ME, `${ME}/photo`, `${ME}/photo/$value`),
  },
  {
    name: "Mail.ReadBasic",
    label: "Read mail headers",
    access: "read",
    // How much of a message comes back is decided by the token, not by the path.
    inseparableFrom: ["Mail.Read", "Mail.ReadWrite"],
    opens: MAIL_READS,
  },
  { name: "Mail.Read", label: "Read your mail", access: "read", opens: MAIL_READS },
  {
    name: "Calendars.Read",
    label: "Read your calendars",
    access: "read",
    opens: reads(...["calendar", "calendars", "calendarGroups", "calendarView", "events"].map((name) => `${ME}/${name}/**`)),
  },
  // Content comes by a redirect to a link for one file, which the gateway passes on without the account's token.
  {
    name: "Files.Read.All",
    label: "Read files you can open",
    access: "read",
    opens: reads(`${ME}/drive/**`, `${ME}/drives`, "/v1.0/drives/**"),
  },
  { name: "Sites.Read.All", label: "Read SharePoint sites", access: "read", opens: reads("/v1.0/sites/**") },
  { name: "Chat.Read", label: "Read your Teams chats", access: "read", opens: reads(`${ME}/chats/**`, "/v1.0/chats/**") },
  { name: "Mail.Send", label: "Send mail as you", access: "write", opens: posts(`${ME}/sendMail`, `${ME}/messages/*/send`) },
  {
    name: "drafts:create",
    label: "Write drafts of mail, without sending them",
    access: "write",
    virtual: true,
    // Drafts of replies answer with the message they reply to, so those need the whole.
    opens: posts(`${ME}/messages`),
  },
  {
    name: "Mail.ReadWrite",
    label: "Read and change your mail",
    access: "write",
    contains: ["Mail.Read", "drafts:create"],
    opens: [
      ...posts(...each(MAIL, "", "/*/move", "/*/copy", "/*/createReply", "/*/createReplyAll", "/*/createForward", "/*/attachments")),
      ...posts(`${ME}/mailFolders`, `${ME}/mailFolders/*/childFolders`, `${ME}/mailFolders/*/move`),
      ...rules(["PATCH", "DELETE"], ...each(MAIL, "/*"), `${ME}/mailFolders/*`),
      ...rules(["DELETE"], ...each(MAIL, "/*/attachments/*")),
    ],
  },
  {
    name: "Calendars.ReadWrite",
    label: "Read and change your calendars",
    access: "write",
    contains: ["Calendars.Read"],
    opens: [
      ...posts(...each(EVENTS, ""), `${ME}/calendars`),
      ...posts(...["accept", "decline", "tentativelyAccept", "cancel", "forward"].map((verb) => `${ME}/events/*/${verb}`)),
      ...rules(["PATCH", "DELETE"], ...each(EVENTS, "/*"), `${ME}/calendars/*`),
    ],
  },
  {
    name: "Files.ReadWrite.All",
    label: "Read and change files",
    access: "write",
    contains: ["Files.Read.All"],
    // Sharing (invite, createLink) is not listed, so it stays shut.
    opens: [
      ...posts(...each(DRIVES, "/root/children", "/items/*/children", "/items/*/copy", "/items/*/createUploadSession")),
      ...rules(["PATCH", "DELETE"], ...each(DRIVES, "/items/*")),
      ...rules(["PUT"], ...each(DRIVES, "/items/*/content", "/root:/*:/content", "/root:/*/*:/content")),
    ],
  },
];

/** Graph answers with the short name or with the resource in front of it. */
const GRAPH = "https://graph.microsoft.com/";

export const microsoftScopes: readonly ConnectorScope[] = [
  { name: "openid", label: "Sign in with Microsoft", access: "read", protocol: true, opens: [] },
  { name: "profile", label: "See your name", access: "read", protocol: true, opens: [] },
  { name: "email", label: "See your e-mail address", access: "read", protocol: true, opens: [] },
  { name: "offline_access", label: "Keep access while you are away", access: "read", protocol: true, opens: [] },
  ...scopes.map((scope) => ({ ...scope, alsoKnownAs: [`${GRAPH}${scope.name}`] })),
];
