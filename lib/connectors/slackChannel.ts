import type { ResourceKind } from "./beyondScopes";

/** Each method that is about one conversation names it in `channel`, in the query or in the body. Those that list or search name none. */
const BY_CHANNEL = [
  ...["conversations.info", "conversations.members", "conversations.history", "conversations.replies", "chat.getPermalink"],
  ...["chat.postMessage", "chat.postEphemeral", "chat.meMessage", "chat.update", "chat.delete", "chat.scheduleMessage"],
  ...["chat.scheduledMessages.list", "chat.deleteScheduledMessage", "pins.list"],
  ...["archive", "unarchive", "rename", "invite", "kick", "setPurpose", "setTopic", "join", "leave"].map((verb) => `conversations.${verb}`),
];

export const channelKind: ResourceKind = {
  id: "channel",
  label: "Only these channels, by their ids",
  example: "C024BE91L",
  // Names and people's ids are taken by Slack as well, and mean another conversation than they say.
  pattern: /^[CGD][A-Z0-9]{6,20}$/,
  governs: [
    ...["channels", "groups", "im", "mpim"].flatMap((prefix) => [`${prefix}:read`, `${prefix}:history`]),
    ...["pins:read", "bookmarks:read", "messages:post", "chat:write", "channels:write", "groups:write"],
  ],
  // Reactions and files may be named by something else than a channel, so they cannot be lent with this.
  apart: ["users:read", "users:read.email", "emoji:read", "team:read"],
  listing: {
    scopes: ["channels:read", "groups:read"],
    path: "/conversations.list",
    query: { exclude_archived: "true", limit: "200" },
    // Slack refuses all of it when asked for a sort that the token may not see. Direct messages have no name to show.
    byScope: { parameter: "types", values: { "channels:read": "public_channel", "groups:read": "private_channel" } },
    items: "channels",
    id: "{id}",
    label: "#{name}",
    next: { how: "cursor", member: "response_metadata.next_cursor", parameter: "cursor" },
    refusals: {
      ended: ["not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"],
      scope: ["missing_scope", "invalid_types"],
      wait: ["ratelimited"],
    },
  },
  named: [...BY_CHANNEL.map((name) => ({ path: `/${name}`, parameter: "channel" })), { path: "/bookmarks.list", parameter: "channel_id" }],
};
