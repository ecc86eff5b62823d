import { callTable } from "../testing/callTable";
import { pagerduty } from "./pagerduty";

callTable(pagerduty, [
  ["GET", "/incidents", ["read"], "read"],
  ["GET", "/incidents", ["incidents.read"], "incidents.read"],
  ["GET", "/incidents/P1/notes", ["incidents.read"], "incidents.read"],
  ["POST", "/incidents", ["incidents.read"], "outside_grant: incidents.write"],
  ["PUT", "/incidents/P1", ["incidents.write"], "incidents.write"],
  ["PUT", "/incidents/P1", ["write"], "write"],
  ["GET", "/incidents/P1", ["write"], "read"],
  ["POST", "/incidents", ["read"], "outside_grant: incidents.write"],
  ["GET", "/oncalls", ["oncalls.read"], "oncalls.read"],
  ["GET", "/users/P1", ["oncalls.read"], "outside_grant: users.read"],
  ["GET", "/users/me", ["users.read"], "users.read"],
  ["GET", "/services/P1", ["read"], "outside_grant: services.read"],
  ["GET", "/services/P1/integrations/P2", ["services.read"], "exception"],
  ["POST", "/analytics/metrics/incidents/all", ["read"], "read"],
  ["POST", "/analytics/raw/incidents", ["incidents.read"], "outside_grant: read"],
  ["DELETE", "/schedules/P1", ["schedules.read"], "outside_grant: schedules.write"],
  ["DELETE", "/users/P1", ["write"], "outside_grant: users.write"],
  ["POST", "/webhook_subscriptions", ["write"], "exception"],
  ["DELETE", "/users/P1/sessions/x", ["users.write"], "exception"],
  ["POST", "/incident_workflows/P1/instances", ["incidents.write"], "unknown_call"],
]);
