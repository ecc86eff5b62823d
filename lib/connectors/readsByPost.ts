/**
 * For the contract test: every request that a read scope opens by another method than GET, by connector. What stands here
 * was looked at one by one and has no effect at the SaaS. One line per connector, or one per group of its calls.
 */
// biome-ignore format: one line each keeps two additions from touching the same line.
export const readsByPost: Readonly<Record<string, readonly string[]>> = {
  airtable: ["/v0/app*/*/listRecords"],
  canva: ["/v1/exports"],
  demo: ["/rpc#me", "/rpc#issues.list", "/rpc#issues.get"],
  "demo-board": ["/rpc#me", "/rpc#issues.list", "/rpc#issues.get"],
  dropbox: [
    ...["users/get_current_account", "users/get_space_usage", "users/features/get_values", "users/get_account", "users/get_account_batch", "check/user"],
    ...["files/get_metadata", "files/list_folder", "files/list_folder/continue", "files/list_folder/get_latest_cursor", "files/list_revisions"],
    ...["files/search_v2", "files/search/continue_v2", "files/tags/get", "files/download", "files/download_zip", "files/export", "files/get_preview"],
    ...["files/get_thumbnail", "files/get_thumbnail_v2", "files/get_thumbnail_batch", "files/get_file_lock_batch"],
    ...["file_properties/properties/search", "file_properties/properties/search/continue"],
    ...["file_properties/templates/get_for_user", "file_properties/templates/list_for_user"],
    ...["sharing/get_file_metadata", "sharing/get_file_metadata/batch", "sharing/get_folder_metadata", "sharing/get_shared_link_metadata"],
    ...["sharing/get_shared_link_file", "sharing/list_shared_links", "sharing/list_file_members", "sharing/list_file_members/continue"],
    ...["sharing/list_folder_members", "sharing/list_folder_members/continue", "sharing/list_folders", "sharing/list_folders/continue"],
    ...["sharing/list_mountable_folders", "sharing/list_mountable_folders/continue"],
    ...["sharing/list_received_files", "sharing/list_received_files/continue"],
    ...["file_requests/count", "file_requests/get", "file_requests/list_v2", "file_requests/list", "file_requests/list/continue"],
  ].map((name) => `/2/${name}`),
  github: ["/markdown", "/markdown/raw"],
  gitlab: ["/api/v4/markdown", "/api/v4/projects/*/ci/lint"],
  google: ["/v4/spreadsheets/*:getByDataFilter", "/v4/spreadsheets/*/values:batchGetByDataFilter", "/calendar/v3/freeBusy"],
  "google-cloud": ["/v2/entries:list", ...["projects", "folders", "organizations"].flatMap((kind) => [`/v3/${kind}/*:getIamPolicy`, `/v3/${kind}/*:testIamPermissions`])],
  hubspot: ["contacts", "companies", "deals", "tickets"].flatMap((type) => [`/crm/v3/objects/${type}/search`, `/crm/v3/objects/${type}/batch/read`, `/crm/v3/properties/${type}/batch/read`]),
  intercom: ["/contacts/search", "/companies/list", "/conversations/search", "/tickets/search"],
  jira: [
    ...["search/jql", "search/id", "issue/*/changelog/list", "comment/list", "worklog/list", "issue/watching", "permissions/project"],
    ...["jql/parse", "jql/match", "jql/autocompletedata", "jql/pdcleaner", "expression/eval", "expression/analyse"],
  ].flatMap((name) => [`/rest/api/3/${name}`, `/rest/api/2/${name}`]),
  notion: ["/v1/search", "/v1/databases/*/query", "/v1/data_sources/*/query"],
  pagerduty: ["/analytics/metrics/incidents/*", "/analytics/raw/incidents"],
  salesforce: ["/services/data/v*/parameterizedSearch"],
  slack: [
    ...["users.list", "users.info", "users.getPresence", "users.lookupByEmail", "users.conversations", "bots.info", "auth.test"],
    ...["conversations.list", "conversations.info", "conversations.members", "conversations.history", "conversations.replies"],
    ...["chat.getPermalink", "files.info", "files.list", "reactions.get", "reactions.list", "pins.list", "bookmarks.list"],
    ...["emoji.list", "team.info", "search.all", "search.files", "search.messages"],
  ].map((name) => `/${name}`),
};
