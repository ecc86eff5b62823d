import type { ConnectorScope } from "./connector";
import { posts } from "./rules";

/** Every call of Dropbox is a POST; its name says what it does. */
const calls = (namespace: string, ...names: string[]) => posts(...names.map((name) => `/2/${namespace}/${name}`));

export const dropboxScopes: readonly ConnectorScope[] = [
  {
    name: "account_info.read",
    label: "Read your account's details",
    access: "read",
    preset: true,
    always: true,
    opens: [...calls("users", "get_current_account", "get_space_usage", "features/get_values"), ...calls("check", "user")],
  },
  {
    name: "files.metadata.read",
    label: "See names and details of files",
    access: "read",
    preset: true,
    opens: [
      ...calls("files", "get_metadata", "list_folder", "list_folder/continue", "list_folder/get_latest_cursor", "list_revisions"),
      ...calls("files", "search_v2", "search/continue_v2", "tags/get"),
      ...calls("file_properties", "properties/search", "properties/search/continue", "templates/get_for_user", "templates/list_for_user"),
    ],
  },
  {
    name: "files.content.read",
    label: "Read files",
    access: "read",
    opens: [
      ...calls("files", "download", "download_zip", "export", "get_preview", "get_thumbnail", "get_thumbnail_v2", "get_thumbnail_batch"),
      ...calls("files", "get_file_lock_batch"),
    ],
  },
  {
    name: "sharing.read",
    label: "See what is shared, with whom and by which links",
    access: "read",
    opens: [
      ...calls("sharing", "get_file_metadata", "get_file_metadata/batch", "get_folder_metadata", "get_shared_link_metadata"),
      ...calls("sharing", "get_shared_link_file", "list_shared_links", "list_file_members", "list_file_members/continue"),
      ...calls("sharing", "list_folder_members", "list_folder_members/continue", "list_folders", "list_folders/continue"),
      ...calls(
        "sharing",
        "list_mountable_folders",
        "list_mountable_folders/continue",
        "list_received_files",
        "list_received_files/continue",
      ),
      ...calls("users", "get_account", "get_account_batch"),
    ],
  },
  {
    name: "file_requests.read",
    label: "See requests for files",
    access: "read",
    opens: calls("file_requests", "count", "get", "list_v2", "list", "list/continue"),
  },
  {
    name: "files.metadata.write",
    label: "Change tags and properties of files",
    access: "write",
    opens: [
      ...calls("files", "tags/add", "tags/remove"),
      ...calls("file_properties", "properties/add", "properties/overwrite", "properties/update", "properties/remove"),
    ],
  },
  {
    name: "files.content.write",
    label: "Upload, change and delete files",
    access: "write",
    opens: [
      ...calls("files", "upload", "upload_session/start", "upload_session/append_v2", "upload_session/finish"),
      ...calls("files", "create_folder_v2", "copy_v2", "move_v2", "delete_v2", "restore"),
      ...calls("files", "copy_batch_v2", "move_batch_v2", "delete_batch", "create_folder_batch"),
      ...calls("files", "copy_batch/check_v2", "move_batch/check_v2", "delete_batch/check", "create_folder_batch/check"),
      ...calls("files", "lock_file_batch", "unlock_file_batch"),
    ],
  },
  {
    name: "file_requests.write",
    label: "Ask others for files",
    access: "write",
    opens: calls("file_requests", "create", "update", "delete", "delete_all_closed"),
  },
  {
    name: "sharing.write",
    label: "Share files and folders with others, and end it",
    access: "write",
    opens: [
      ...calls("sharing", "create_shared_link_with_settings", "modify_shared_link_settings", "revoke_shared_link"),
      ...calls(
        "sharing",
        "add_file_member",
        "remove_file_member_2",
        "update_file_member",
        "unshare_file",
        "share_folder",
        "unshare_folder",
      ),
      ...calls("sharing", "add_folder_member", "remove_folder_member", "update_folder_member", "update_folder_policy", "mount_folder"),
      ...calls("sharing", "unmount_folder", "relinquish_file_membership", "relinquish_folder_membership", "check_share_job_status"),
    ],
  },
  {
    name: "files.permanent_delete",
    label: "Delete files for good",
    access: "admin",
    opens: calls("files", "permanently_delete"),
  },
];
