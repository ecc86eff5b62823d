import type { ConnectorScope, Rule } from "./connector";
import { rules } from "./rules";

/** Slack takes every method by GET and by POST, so the name decides and the verb says nothing. */
const calls = (...names: string[]): Rule[] => rules(["GET", "POST"], ...names.map((name) => `/${name}`));

const KINDS = [
  { prefix: "channels", who: "public channels", preset: true },
  { prefix: "groups", who: "private channels", preset: false },
  { prefix: "im", who: "direct messages", preset: false },
  { prefix: "mpim", who: "group direct messages", preset: false },
] as const;

/** One call answers for every kind of conversation: which kind it was is known from its id to Slack alone. */
const othersThan = (prefix: string, part: string) => KINDS.filter((kind) => kind.prefix !== prefix).map((kind) => `${kind.prefix}:${part}`);

const conversationScopes = KINDS.flatMap(({ prefix, who, preset }): ConnectorScope[] => [
  {
    name: `${prefix}:read`,
    label: `See which ${who} there are`,
    access: "read",
    preset,
    inseparableFrom: othersThan(prefix, "read"),
    opens: calls("conversations.list", "conversations.info", "conversations.members", "users.conversations"),
  },
  {
    name: `${prefix}:history`,
    label: `Read what is said in ${who}`,
    access: "read",
    inseparableFrom: othersThan(prefix, "history"),
    opens: calls("conversations.history", "conversations.replies", "chat.getPermalink"),
  },
]);

const MANAGE = ["create", "archive", "unarchive", "rename", "invite", "kick", "setPurpose", "setTopic", "join", "leave"];

export const slackScopes: readonly ConnectorScope[] = [
  {
    name: "users:read",
    label: "See people in the workspace",
    access: "read",
    preset: true,
    // The same answers carry e-mail addresses once the token may see them.
    inseparableFrom: ["users:read.email"],
    opens: calls("users.list", "users.info", "users.getPresence", "bots.info", "auth.test"),
  },
  {
    name: "users:read.email",
    label: "See people with their e-mail addresses",
    access: "read",
    contains: ["users:read"],
    opens: calls("users.lookupByEmail"),
  },
  ...conversationScopes,
  { name: "files:read", label: "Read files", access: "read", opens: calls("files.info", "files.list") },
  { name: "reactions:read", label: "Read reactions", access: "read", opens: calls("reactions.get", "reactions.list") },
  { name: "pins:read", label: "Read pins", access: "read", opens: calls("pins.list") },
  { name: "bookmarks:read", label: "Read bookmarks", access: "read", opens: calls("bookmarks.list") },
  { name: "emoji:read", label: "Read the workspace's emoji", access: "read", opens: calls("emoji.list") },
  { name: "team:read", label: "Read the workspace's name and settings", access: "read", opens: calls("team.info") },
  {
    name: "search:read",
    label: "Search everything you can see",
    access: "read",
    opens: calls("search.all", "search.files", "search.messages"),
  },
  {
    name: "messages:post",
    label: "Post messages as you, without changing or deleting any",
    access: "write",
    virtual: true,
    opens: calls("chat.postMessage"),
  },
  {
    name: "chat:write",
    label: "Post and change messages as you",
    access: "write",
    contains: ["messages:post"],
    opens: calls(
      ...["chat.postEphemeral", "chat.meMessage", "chat.update", "chat.delete"],
      ...["chat.scheduleMessage", "chat.scheduledMessages.list", "chat.deleteScheduledMessage"],
    ),
  },
  {
    name: "reactions:write",
    label: "Add and remove reactions",
    access: "write",
    opens: calls("reactions.add", "reactions.remove"),
  },
  {
    name: "files:write",
    label: "Upload and delete files",
    access: "write",
    // The upload address takes one file, and nobody sees it before files.completeUploadExternal comes through here.
    opens: calls("files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"),
  },
  {
    name: "channels:write",
    label: "Create and change public channels",
    access: "admin",
    inseparableFrom: ["groups:write"],
    opens: calls(...MANAGE.map((verb) => `conversations.${verb}`)),
  },
  {
    name: "groups:write",
    label: "Create and change private channels",
    access: "admin",
    inseparableFrom: ["channels:write"],
    opens: calls(...MANAGE.map((verb) => `conversations.${verb}`)),
  },
];
