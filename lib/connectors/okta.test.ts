import { callTable } from "../testing/callTable";
import { okta } from "./okta";

const A = "/api/v1";
callTable(okta, [
  ["GET", `${A}/users/me`, ["okta.users.read.self"], "okta.users.read.self"],
  ["GET", `${A}/users/00u1`, ["okta.users.read.self"], "outside_grant: okta.users.read"],
  ["GET", `${A}/users`, ["okta.users.read"], "okta.users.read"],
  ["POST", `${A}/users`, ["okta.users.read"], "outside_grant: okta.users.manage"],
  ["POST", `${A}/users`, ["okta.users.manage"], "okta.users.manage"],
  ["GET", `${A}/users/00u1`, ["okta.users.manage"], "outside_grant: okta.users.read"],
  ["POST", `${A}/users/00u1/lifecycle/suspend`, ["okta.users.manage"], "okta.users.manage"],
  ["POST", `${A}/users/00u1/lifecycle/deactivate`, ["okta.users.manage"], "okta.users.manage"],
  ["POST", `${A}/users/00u1/lifecycle/activate`, ["okta.users.manage"], "exception"],
  ["POST", `${A}/users/00u1/lifecycle/reset_password`, ["okta.users.manage"], "exception"],
  ["POST", `${A}/users/00u1/lifecycle/expire_password`, ["okta.users.manage"], "exception"],
  ["POST", `${A}/users/00u1/credentials/change_password`, ["okta.users.manage"], "exception"],
  ["GET", `${A}/users/00u1/factors`, ["okta.users.read"], "exception"],
  ["DELETE", `${A}/users/00u1/sessions`, ["okta.users.manage"], "exception"],
  ["POST", `${A}/users/00u1/roles`, ["okta.users.manage"], "unknown_call"],
  ["GET", `${A}/groups/00g1/users`, ["okta.groups.read"], "okta.groups.read"],
  ["PUT", `${A}/groups/00g1/users/00u1`, ["okta.groups.read"], "outside_grant: okta.groups.manage"],
  ["GET", `${A}/apps/0oa1`, ["okta.apps.read"], "unknown_call"],
  ["GET", `${A}/apps/0oa1/users`, ["okta.apps.read"], "okta.apps.read"],
  ["GET", `${A}/apps/0oa1/credentials/keys`, ["okta.apps.read"], "exception"],
  ["GET", `${A}/logs`, ["okta.logs.read"], "okta.logs.read"],
  ["POST", "/oauth2/v1/clients", ["okta.apps.manage"], "exception"],
]);
