import { callTable } from "../testing/callTable";
import { airtable } from "./airtable";

const T = "/v0/appAbc/Tasks";
callTable(airtable, [
  ["GET", "/v0/meta/whoami", ["user.email:read"], "user.email:read"],
  ["GET", "/v0/meta/whoami", ["data.records:read"], "outside_grant: user.email:read"],
  ["GET", "/v0/meta/bases", ["schema.bases:read"], "schema.bases:read"],
  ["GET", "/v0/meta/bases/appAbc/tables", ["data.records:read"], "outside_grant: schema.bases:read"],
  ["GET", T, ["data.records:read"], "data.records:read"],
  ["GET", `${T}/recXyz`, ["data.records:read"], "data.records:read"],
  ["POST", `${T}/listRecords`, ["data.records:read"], "data.records:read"],
  ["POST", T, ["data.records:read"], "outside_grant: data.records:write"],
  ["PATCH", T, ["data.records:write"], "data.records:write"],
  ["DELETE", `${T}/recXyz`, ["data.records:write"], "data.records:write"],
  ["GET", T, ["data.records:write"], "outside_grant: data.records:read"],
  ["GET", `${T}/recXyz/comments`, ["data.records:read"], "outside_grant: data.recordComments:read"],
  ["POST", `${T}/recXyz/comments`, ["data.recordComments:read"], "outside_grant: data.recordComments:write"],
  ["DELETE", `${T}/recXyz/comments/com1`, ["data.recordComments:write"], "data.recordComments:write"],
  ["POST", "/v0/meta/bases/appAbc/tables", ["schema.bases:read"], "outside_grant: schema.bases:write"],
  ["POST", "/v0/bases/appAbc/webhooks", ["schema.bases:write"], "exception"],
  ["POST", "/v0/appAbc/Tasks/sync/1", ["data.records:write"], "unknown_call"],
  ["GET", "/v0/meta/enterpriseAccounts/ent1", ["schema.bases:read"], "exception"],
]);
