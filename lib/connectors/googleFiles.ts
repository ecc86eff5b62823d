import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const AUTH = "https://www.googleapis.com/auth";
const DRIVE = "/drive/v3";

const FILE_READS = reads(
  ...[`${DRIVE}/about`, `${DRIVE}/files`, `${DRIVE}/files/*`, `${DRIVE}/files/*/export`],
  ...["permissions", "revisions", "comments"].flatMap((part) => [`${DRIVE}/files/*/${part}`, `${DRIVE}/files/*/${part}/**`]),
  ...[`${DRIVE}/changes`, `${DRIVE}/changes/startPageToken`, `${DRIVE}/drives`, `${DRIVE}/drives/*`],
);
const FILE_WRITES = [
  ...posts(`${DRIVE}/files`, `${DRIVE}/files/*/copy`, "/upload/drive/v3/files"),
  ...rules(["PATCH", "DELETE"], `${DRIVE}/files/*`),
  // PUT continues an upload that a POST or PATCH began.
  ...rules(["PATCH", "PUT"], "/upload/drive/v3/files/*"),
  ...rules(["PUT"], "/upload/drive/v3/files"),
];

export const fileScopes: readonly ConnectorScope[] = [
  {
    name: `${AUTH}/drive.readonly`,
    label: "Read all files",
    access: "read",
    preset: true,
    contains: [`${AUTH}/documents.readonly`, `${AUTH}/spreadsheets.readonly`],
    opens: FILE_READS,
  },
  {
    name: `${AUTH}/drive.metadata.readonly`,
    label: "Read file names and details",
    access: "read",
    // Whether the content comes back is a query parameter.
    inseparableFrom: [`${AUTH}/drive.readonly`, `${AUTH}/drive.file`, `${AUTH}/drive`],
    opens: FILE_READS,
  },
  { name: `${AUTH}/documents.readonly`, label: "Read Google Docs", access: "read", opens: reads("/v1/documents/*") },
  {
    name: `${AUTH}/spreadsheets.readonly`,
    label: "Read Google Sheets",
    access: "read",
    opens: [
      ...reads("/v4/spreadsheets/**"),
      // The filter does not fit into a URL, so Google reads it from a body.
      ...posts("/v4/spreadsheets/*:getByDataFilter", "/v4/spreadsheets/*/values:batchGetByDataFilter"),
    ],
  },
  {
    name: `${AUTH}/drive.file`,
    label: "Use the files this app made or was given",
    access: "write",
    // Which files those are is known to Google alone.
    inseparableFrom: [`${AUTH}/drive.metadata.readonly`, `${AUTH}/drive.readonly`, `${AUTH}/drive`],
    opens: [...FILE_READS, ...FILE_WRITES],
  },
  {
    name: `${AUTH}/documents`,
    label: "Read and change Google Docs",
    access: "write",
    contains: [`${AUTH}/documents.readonly`],
    opens: posts("/v1/documents", "/v1/documents/*:batchUpdate"),
  },
  {
    name: `${AUTH}/spreadsheets`,
    label: "Read and change Google Sheets",
    access: "write",
    contains: [`${AUTH}/spreadsheets.readonly`],
    opens: [
      ...posts("/v4/spreadsheets", "/v4/spreadsheets/*:batchUpdate", "/v4/spreadsheets/*/sheets/*:copyTo"),
      ...posts(...["values/*:append", "values/*:clear"].map((path) => `/v4/spreadsheets/*/${path}`)),
      ...posts(...["Update", "Clear", "UpdateByDataFilter", "ClearByDataFilter"].map((verb) => `/v4/spreadsheets/*/values:batch${verb}`)),
      ...rules(["PUT"], "/v4/spreadsheets/*/values/*"),
    ],
  },
  {
    name: `${AUTH}/drive`,
    label: "Read, change, share and delete all files",
    access: "write",
    contains: [`${AUTH}/drive.readonly`, `${AUTH}/documents`, `${AUTH}/spreadsheets`],
    opens: [
      ...FILE_WRITES,
      ...posts(`${DRIVE}/files/*/permissions`, `${DRIVE}/files/*/comments`, `${DRIVE}/files/*/comments/*/replies`),
      ...rules(
        ["PATCH", "DELETE"],
        ...["permissions/*", "comments/*", "comments/*/replies/*", "revisions/*"].map((path) => `${DRIVE}/files/*/${path}`),
      ),
    ],
  },
];
