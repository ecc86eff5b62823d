import { callTable } from "../testing/callTable";
import { box } from "./box";
import { canva } from "./canva";
import { dropbox } from "./dropbox";
import { figma } from "./figma";

callTable(dropbox, [
  ["POST", "/2/users/get_current_account", ["account_info.read"], "account_info.read"],
  ["POST", "/2/files/list_folder", ["files.metadata.read"], "files.metadata.read"],
  ["POST", "/2/files/list_folder/continue", ["files.metadata.read"], "files.metadata.read"],
  ["POST", "/2/files/download", ["files.metadata.read"], "outside_grant: files.content.read"],
  ["POST", "/2/files/download", ["files.content.read"], "files.content.read"],
  ["POST", "/2/files/upload", ["files.content.read"], "outside_grant: files.content.write"],
  ["POST", "/2/files/upload_session/append_v2", ["files.content.write"], "files.content.write"],
  ["POST", "/2/files/delete_v2", ["files.metadata.read"], "outside_grant: files.content.write"],
  ["POST", "/2/files/permanently_delete", ["files.content.write"], "outside_grant: files.permanent_delete"],
  ["POST", "/2/sharing/create_shared_link_with_settings", ["sharing.read"], "outside_grant: sharing.write"],
  ["POST", "/2/files/get_temporary_link", ["files.content.read"], "exception"],
  ["POST", "/2/auth/token/revoke", ["account_info.read"], "exception"],
  ["POST", "/2/team/members/list", ["account_info.read"], "exception"],
  ["GET", "/2/files/download", ["files.content.read"], "unknown_call"],
  ["POST", "/2/files/list_folder/longpoll", ["files.metadata.read"], "unknown_call"],
]);

callTable(box, [
  ["GET", "/2.0/folders/0/items", ["root_readonly"], "root_readonly"],
  ["GET", "/2.0/files/7/content", ["root_readonly"], "root_readonly"],
  ["GET", "/2.0/files/7", ["root_readwrite"], "root_readonly"],
  ["PUT", "/2.0/files/7", ["root_readonly"], "outside_grant: files:write"],
  ["POST", "/2.0/comments", ["root_readonly"], "outside_grant: comments:write"],
  ["POST", "/2.0/comments", ["root_readwrite"], "comments:write"],
  ["POST", "/api/2.0/files/content", ["files:write"], "files:write"],
  ["POST", "/api/2.0/files/7/content", ["comments:write"], "outside_grant: files:write"],
  ["POST", "/2.0/collaborations", ["files:write"], "outside_grant: collaborations:write"],
  ["GET", "/2.0/users", ["root_readwrite"], "outside_grant: manage_managed_users"],
  ["GET", "/2.0/users/me", ["root_readonly"], "root_readonly"],
  ["POST", "/2.0/zip_downloads", ["root_readonly"], "exception"],
  ["GET", "/2.0/events", ["root_readonly"], "exception"],
  ["POST", "/2.0/ai/ask", ["root_readwrite"], "exception"],
  ["POST", "/2.0/webhooks", ["root_readwrite"], "exception"],
  ["POST", "/oauth2/token", ["root_readwrite"], "exception"],
]);

callTable(figma, [
  ["GET", "/v1/me", ["current_user:read"], "current_user:read"],
  ["GET", "/v1/files/7", ["file_content:read"], "file_content:read"],
  ["GET", "/v1/images/7", ["file_content:read"], "file_content:read"],
  ["GET", "/v1/files/7", ["file_metadata:read"], "outside_grant: file_content:read"],
  ["GET", "/v1/files/7/comments", ["file_content:read"], "outside_grant: file_comments:read"],
  ["POST", "/v1/files/7/comments", ["file_comments:read"], "outside_grant: file_comments:write"],
  ["DELETE", "/v1/files/7/comments/8", ["file_comments:write"], "file_comments:write"],
  ["POST", "/v1/files/7/variables", ["file_variables:read"], "outside_grant: file_variables:write"],
  ["GET", "/v1/activity_logs", ["file_content:read"], "outside_grant: org:activity_log_read"],
  ["POST", "/v2/webhooks", ["file_content:read"], "exception"],
  ["POST", "/v1/oauth/refresh", ["file_content:read"], "exception"],
  ["GET", "/v1/payments", ["file_content:read"], "unknown_call"],
]);

callTable(canva, [
  ["GET", "/v1/users/me", ["profile:read"], "profile:read"],
  ["GET", "/v1/designs", ["design:meta:read"], "design:meta:read"],
  ["GET", "/v1/designs/7/pages", ["design:meta:read"], "outside_grant: design:content:read"],
  ["POST", "/v1/exports", ["design:content:read"], "design:content:read"],
  ["POST", "/v1/designs", ["design:content:read"], "outside_grant: design:content:write"],
  ["GET", "/v1/imports/7", ["design:content:read"], "outside_grant: design:content:write"],
  ["DELETE", "/v1/assets/7", ["asset:read"], "outside_grant: asset:write"],
  ["POST", "/v1/folders/move", ["folder:read"], "outside_grant: folder:write"],
  ["POST", "/v1/designs/7/comments", ["comment:read"], "outside_grant: comment:write"],
  ["POST", "/v1/oauth/revoke", ["profile:read"], "exception"],
  ["GET", "/v1/oidc/userinfo", ["profile:read"], "exception"],
  ["GET", "/rest/v1/designs", ["design:meta:read"], "unknown_call"],
]);
