import { callTable, query } from "../testing/callTable";
import { hubspot } from "./hubspot";
import { salesforce } from "./salesforce";
import { zendesk } from "./zendesk";

const DATA = "/services/data/v62.0";
callTable(salesforce, [
  ["GET", "/services/oauth2/userinfo", ["id"], "id"],
  ["GET", `${DATA}/query`, ["records:read"], "records:read"],
  ["GET", `${DATA}/sobjects/Account/001`, ["api"], "records:read"],
  ["GET", `${DATA}/sobjects/Account/describe`, ["records:read"], "records:read"],
  ["POST", `${DATA}/parameterizedSearch`, ["records:read"], "records:read"],
  ["POST", `${DATA}/sobjects/Account`, ["records:read"], "outside_grant: records:write"],
  ["PATCH", `${DATA}/sobjects/Account/001`, ["api"], "records:write"],
  ["DELETE", `${DATA}/sobjects/Account/001`, ["records:read", "chatter_api"], "outside_grant: records:write"],
  ["PATCH", `${DATA}/sobjects/user/005`, ["api"], "exception"],
  ["POST", `${DATA}/sobjects/PermissionSetAssignment`, ["api"], "exception"],
  ["POST", `${DATA}/sobjects/AccountShare`, ["api"], "exception"],
  ["POST", `${DATA}/sobjects/ApexClass`, ["api"], "exception"],
  ["GET", `${DATA}/sobjects/User/005`, ["records:read"], "records:read"],
  ["GET", `${DATA}/sobjects/User/005/password`, ["api"], "exception"],
  ["GET", `${DATA}/tooling/executeAnonymous`, ["api"], "exception"],
  ["GET", "/services/apexrest/anything", ["api"], "exception"],
  ["POST", `${DATA}/composite`, ["api"], "batch_unreadable"],
  ["POST", `${DATA}/composite/batch`, ["api"], "batch_unreadable"],
  ["POST", `${DATA}/jobs/query`, ["api"], "exception"],
  ["POST", `${DATA}/graphql`, ["api"], "exception", query("uiapi")],
  ["GET", `${DATA}/chatter/feeds/news/me/feed-elements`, ["records:read"], "outside_grant: chatter:read"],
  ["POST", `${DATA}/chatter/feed-elements`, ["chatter:read"], "outside_grant: chatter_api"],
  ["GET", "/services/Soap/u/62.0", ["api"], "unknown_call"],
]);

callTable(hubspot, [
  ["GET", "/crm/v3/objects/contacts/7", ["crm.objects.contacts.read"], "crm.objects.contacts.read"],
  ["POST", "/crm/v3/objects/contacts/search", ["crm.objects.contacts.read"], "crm.objects.contacts.read"],
  ["POST", "/crm/v3/objects/contacts/batch/read", ["crm.objects.contacts.read"], "crm.objects.contacts.read"],
  ["POST", "/crm/v3/objects/contacts/batch/archive", ["crm.objects.contacts.read"], "outside_grant: crm.objects.contacts.write"],
  ["POST", "/crm/v3/objects/contacts", ["crm.objects.contacts.write"], "crm.objects.contacts.write"],
  ["GET", "/crm/v3/objects/contacts/7", ["crm.objects.contacts.write"], "outside_grant: crm.objects.contacts.read"],
  ["GET", "/crm/v3/objects/deals", ["crm.objects.contacts.read"], "outside_grant: crm.objects.deals.read"],
  ["GET", "/crm/v3/objects/tickets/7", ["tickets"], "tickets:read"],
  ["PATCH", "/crm/v3/objects/tickets/7", ["tickets:read"], "outside_grant: tickets"],
  ["GET", "/crm/v3/owners", ["crm.objects.owners.read"], "crm.objects.owners.read"],
  ["DELETE", "/crm/v3/properties/contacts/email", ["crm.objects.contacts.write"], "outside_grant: crm.schemas.contacts.write"],
  ["POST", "/crm/v3/objects/contacts/gdpr-delete", ["crm.objects.contacts.write"], "unknown_call"],
  ["GET", "/crm/v3/objects/0-1", ["crm.objects.contacts.read"], "unknown_call"],
  ["GET", "/oauth/v1/access-tokens/x", ["crm.objects.contacts.read"], "exception"],
]);

callTable(zendesk, [
  ["GET", "/api/v2/tickets", ["tickets:read"], "tickets:read"],
  ["GET", "/api/v2/tickets.json", ["tickets:read"], "tickets:read"],
  ["GET", "/api/v2/tickets/7.json", ["read"], "tickets:read"],
  ["GET", "/api/v2/tickets/7/comments", ["users:read"], "outside_grant: tickets:read"],
  ["GET", "/api/v2/users/me", ["users:read"], "users:read"],
  ["GET", "/api/v2/search", ["tickets:read"], "outside_grant: read"],
  ["PUT", "/api/v2/tickets/7", ["read"], "outside_grant: tickets:write"],
  ["DELETE", "/api/v2/tickets/7.json", ["write"], "tickets:write"],
  ["PUT", "/api/v2/users/7", ["tickets:write"], "outside_grant: users:write"],
  ["POST", "/api/v2/users/7/password", ["write"], "exception"],
  ["POST", "/api/v2/users/7/password.json", ["write"], "exception"],
  ["POST", "/api/v2/views/preview", ["read"], "unknown_call"],
  ["POST", "/api/v2/webhooks", ["write"], "exception"],
  ["GET", "/api/v2/oauth/tokens/current", ["read"], "exception"],
  ["POST", "/api/v2/triggers", ["write"], "unknown_call"],
]);
