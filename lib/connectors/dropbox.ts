import { readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { dropboxScopes } from "./dropboxScopes";
import { guarded, judged, mustReadByPost } from "./probes";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const LINK_IS_A_KEY =
  "Dropbox answers this with a link that opens the file for whoever has it, and Valet could not take that back. Use /files/download.";

/** What carries a file's own bytes lives at another host than what talks about files. */
const CONTENT = [
  ...["download", "download_zip", "export", "get_preview", "get_thumbnail", "get_thumbnail_v2", "get_thumbnail_batch"],
  ...["upload", "upload_session"],
].map((name) => `/2/files/${name}`);

export const dropbox: Connector = {
  id: "dropbox",
  name: "Dropbox",
  summary: "Files, folders and sharing of one Dropbox.",
  tile: { letters: "Db", color: "#0061fe" },
  docsUrl: "https://www.dropbox.com/developers/reference/oauth-guide",
  oauth: {
    authorizeUrl: "https://www.dropbox.com/oauth2/authorize",
    tokenUrl: "https://api.dropboxapi.com/oauth2/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: { token_access_type: "offline" },
  },
  tokens: { accessSeconds: 14_400, refresh: "stable", narrowing: { how: "refresh_scope" }, refreshKillsAccess: false },
  revocation: {
    how: "bearer_post",
    url: "https://api.dropboxapi.com/2/auth/token/revoke",
    reach: "connection",
    note: "Dropbox is taken to end the refresh token along with any access token, so the whole connection.",
  },
  account: {
    method: "POST",
    url: "https://api.dropboxapi.com/2/users/get_current_account",
    read: (body) => readFlatAccount(body, "account_id", ["email"]),
  },
  api: {
    baseUrl: "https://api.dropboxapi.com",
    hosts: [...CONTENT, "/2/sharing/get_shared_link_file"].map((prefix) => ({ prefix, origin: "https://content.dropboxapi.com" })),
  },
  scopes: dropboxScopes,
  exceptions: [
    { methods: ANY, path: "/2/files/get_temporary_link", why: LINK_IS_A_KEY },
    { methods: ANY, path: "/2/files/get_temporary_upload_link", why: LINK_IS_A_KEY },
    { methods: ANY, path: "/2/files/save_url", why: "It makes Dropbox fetch an address after this call has ended." },
    { methods: ANY, path: "/2/auth/**", why: "It makes or ends keys to Dropbox, which only Valet may." },
    { methods: ANY, path: "/2/team/**", why: "It administers the whole team." },
  ],
  probes: [
    guarded(mustReadByPost("account_info.read", "Read your account", "/2/users/get_current_account", null)),
    guarded(mustReadByPost("files.metadata.read", "List files", "/2/files/list_folder", { path: "", limit: 1 })),
    guarded(mustReadByPost("sharing.read", "List shared links", "/2/sharing/list_shared_links", {})),
    guarded(mustReadByPost("file_requests.read", "List file requests", "/2/file_requests/list_v2", { limit: 1 })),
    judged("files.metadata.write", "Tag a file", "POST", "/2/files/tags/add"),
    judged("files.content.write", "Create a folder", "POST", "/2/files/create_folder_v2"),
    judged("files.content.write", "Delete a file", "POST", "/2/files/delete_v2"),
    judged("file_requests.write", "Ask others for files", "POST", "/2/file_requests/create"),
    judged("sharing.write", "Share by a link", "POST", "/2/sharing/create_shared_link_with_settings"),
    judged("files.permanent_delete", "Delete a file for good", "POST", "/2/files/permanently_delete"),
  ],
  unverified: [
    "That ending an access token ends its refresh token: taken to.",
    "That a refresh token has no end.",
    "Calls without a token at the host for notices (longpoll): refused.",
  ],
};
