import { callTable } from "../testing/callTable";
import { googleCloud } from "./googleCloud";

const A = "https://www.googleapis.com/auth";
const READ = `${A}/cloud-platform.read-only`;
const ALL = `${A}/cloud-platform`;
const P = "/bigquery/v2/projects/acme";
const VM = "/compute/v1/projects/acme/zones/europe-west1-b/instances";
callTable(googleCloud, [
  ["GET", "/v3/projects/acme", [READ], READ],
  ["GET", "/v3/projects:search", [READ], READ],
  ["POST", "/v3/projects/acme:getIamPolicy", [READ], READ],
  ["POST", "/v3/projects/acme:setIamPolicy", [ALL], "exception"],
  ["GET", "/storage/v1/b/logs/o/today.txt", [`${A}/devstorage.read_only`], `${A}/devstorage.read_only`],
  ["GET", "/storage/v1/b/logs/o", [READ], `${A}/devstorage.read_only`],
  ["DELETE", "/storage/v1/b/logs/o/today.txt", [READ], `outside_grant: ${A}/devstorage.read_write`],
  ["POST", "/upload/storage/v1/b/logs/o", [`${A}/devstorage.read_write`], `${A}/devstorage.read_write`],
  ["PUT", "/storage/v1/b/logs/iam", [ALL], "exception"],
  ["POST", "/storage/v1/b/logs/o/a/acl", [ALL], "exception"],
  ["GET", `${P}/datasets/d/tables/t/data`, [`${A}/bigquery.readonly`], `${A}/bigquery.readonly`],
  ["POST", `${P}/queries`, [`${A}/bigquery.readonly`], `outside_grant: ${A}/bigquery`],
  ["POST", `${P}/jobs`, [READ], `outside_grant: ${A}/bigquery`],
  ["POST", `${P}/queries`, [`${A}/bigquery`], `${A}/bigquery`],
  ["POST", "/v2/entries:list", [`${A}/logging.read`], `${A}/logging.read`],
  ["POST", "/v2/entries:write", [ALL], "unknown_call"],
  ["GET", VM, [`${A}/compute.readonly`], `${A}/compute.readonly`],
  ["POST", `${VM}/web/stop`, [READ], `outside_grant: ${ALL}`],
  ["POST", `${VM}/web/setMetadata`, [ALL], "exception"],
  ["GET", `${VM}/web/serialPort`, [READ], "unknown_call"],
  ["GET", "/v1/projects/acme/secrets/db/versions/1:access", [ALL], "exception"],
  ["POST", "/v1/projects/-/serviceAccounts/a@b:generateAccessToken", [ALL], "exception"],
  ["POST", "/batch/storage/v1", [ALL], "exception"],
]);
