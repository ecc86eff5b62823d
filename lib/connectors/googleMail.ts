import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const AUTH = "https://www.googleapis.com/auth";
const MAILBOX = "/gmail/v1/users/*";

const MAIL_READS = reads(
  ...[`${MAILBOX}/profile`, `${MAILBOX}/messages`, `${MAILBOX}/messages/**`, `${MAILBOX}/threads`, `${MAILBOX}/threads/*`],
  ...[`${MAILBOX}/labels`, `${MAILBOX}/labels/*`, `${MAILBOX}/history`],
);

export const mailScopes: readonly ConnectorScope[] = [
  {
    name: `${AUTH}/gmail.readonly`,
    label: "Read all mail and mail settings",
    access: "read",
    preset: true,
    opens: [...MAIL_READS, ...reads(`${MAILBOX}/drafts`, `${MAILBOX}/drafts/*`, `${MAILBOX}/settings/**`)],
  },
  {
    name: `${AUTH}/gmail.metadata`,
    label: "Read mail headers and labels",
    access: "read",
    // How much of a message comes back is a query parameter.
    inseparableFrom: [`${AUTH}/gmail.readonly`, `${AUTH}/gmail.modify`, "https://mail.google.com/"],
    opens: MAIL_READS,
  },
  {
    name: `${AUTH}/gmail.labels`,
    label: "Create and change labels",
    access: "write",
    opens: rules(["GET", "POST", "PUT", "PATCH", "DELETE"], `${MAILBOX}/labels`, `${MAILBOX}/labels/*`),
  },
  {
    name: `${AUTH}/gmail.send`,
    label: "Send mail",
    access: "write",
    opens: posts(`${MAILBOX}/messages/send`, `/upload${MAILBOX}/messages/send`),
  },
  {
    name: "drafts:write",
    label: "Read, write and delete drafts, without sending them",
    access: "write",
    virtual: true,
    opens: [
      ...rules(["GET", "POST"], `${MAILBOX}/drafts`),
      ...rules(["GET", "PUT", "DELETE"], `${MAILBOX}/drafts/*`),
      ...posts(`/upload${MAILBOX}/drafts`),
    ],
  },
  {
    name: `${AUTH}/gmail.compose`,
    label: "Write drafts and send mail",
    access: "write",
    contains: [`${AUTH}/gmail.send`, "drafts:write"],
    opens: posts(`${MAILBOX}/drafts/send`, `/upload${MAILBOX}/drafts/send`),
  },
  {
    name: `${AUTH}/gmail.modify`,
    label: "Read, send, label and bin mail",
    access: "write",
    contains: [`${AUTH}/gmail.readonly`, `${AUTH}/gmail.compose`, `${AUTH}/gmail.labels`],
    opens: posts(
      ...[`${MAILBOX}/messages`, `${MAILBOX}/messages/import`, `${MAILBOX}/messages/batchModify`],
      ...["modify", "trash", "untrash"].flatMap((verb) => [`${MAILBOX}/messages/*/${verb}`, `${MAILBOX}/threads/*/${verb}`]),
    ),
  },
  {
    name: `${AUTH}/gmail.settings.basic`,
    label: "Change mail filters and basic settings",
    access: "admin",
    opens: [
      ...rules(["GET", "POST"], `${MAILBOX}/settings/filters`),
      ...rules(["GET", "DELETE"], `${MAILBOX}/settings/filters/*`),
      ...rules(["GET", "PUT"], ...["imap", "pop", "vacation", "language"].map((name) => `${MAILBOX}/settings/${name}`)),
    ],
  },
  {
    name: "https://mail.google.com/",
    label: "Use the whole mailbox, and delete for good",
    access: "admin",
    contains: [`${AUTH}/gmail.modify`],
    opens: [...rules(["DELETE"], `${MAILBOX}/messages/*`, `${MAILBOX}/threads/*`), ...posts(`${MAILBOX}/messages/batchDelete`)],
  },
];
