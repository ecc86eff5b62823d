import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const AUTH = "https://www.googleapis.com/auth";
const BUCKETS = "/storage/v1/b";
const OBJECT = `${BUCKETS}/*/o/*`;
const DATASETS = "/bigquery/v2/projects/*/datasets";
const COMPUTE = "/compute/v1/projects/*";
const MACHINE = `${COMPUTE}/zones/*/instances`;

const both = (...paths: string[]) => paths.flatMap((path) => [path, `${path}/*`]);

export const googleCloudScopes: readonly ConnectorScope[] = [
  {
    name: `${AUTH}/devstorage.read_only`,
    label: "Read Cloud Storage",
    access: "read",
    opens: reads(...both(BUCKETS, `${BUCKETS}/*/o`), "/download/storage/v1/b/*/o/*"),
  },
  {
    name: `${AUTH}/bigquery.readonly`,
    label: "Read BigQuery tables and the results of jobs",
    access: "read",
    // No queries: nothing here tells a statement that reads from one that writes.
    opens: reads(
      "/bigquery/v2/projects",
      ...both(DATASETS, `${DATASETS}/*/tables`, "/bigquery/v2/projects/*/jobs"),
      ...[`${DATASETS}/*/tables/*/data`, "/bigquery/v2/projects/*/queries/*"],
    ),
  },
  {
    name: `${AUTH}/logging.read`,
    label: "Read logs",
    access: "read",
    // The filter does not fit into an address, so Google reads it from a body.
    opens: [...reads("/v2/projects/*/logs"), ...posts("/v2/entries:list")],
  },
  {
    name: `${AUTH}/compute.readonly`,
    label: "Read Compute Engine, with what its machines are set up with",
    access: "read",
    opens: reads(
      ...both(`${COMPUTE}/zones`, `${COMPUTE}/regions`, MACHINE, `${COMPUTE}/zones/*/disks`, `${COMPUTE}/zones/*/machineTypes`),
      ...both(`${COMPUTE}/global/networks`, `${COMPUTE}/global/firewalls`, `${COMPUTE}/global/images`, `${COMPUTE}/regions/*/subnetworks`),
      ...[`${COMPUTE}/aggregated/instances`, `${COMPUTE}/aggregated/disks`],
    ),
  },
  {
    name: `${AUTH}/cloud-platform.read-only`,
    label: "Read Google Cloud data and who may do what",
    access: "read",
    preset: true,
    contains: ["devstorage.read_only", "bigquery.readonly", "logging.read", "compute.readonly"].map((name) => `${AUTH}/${name}`),
    opens: [
      ...reads("/v3/projects", "/v3/projects/*", "/v3/projects:search", "/v3/folders/*", "/v3/organizations/*", "/v3/organizations:search"),
      ...posts(
        ...["projects", "folders", "organizations"].flatMap((kind) => [`/v3/${kind}/*:getIamPolicy`, `/v3/${kind}/*:testIamPermissions`]),
      ),
    ],
  },
  {
    name: `${AUTH}/devstorage.read_write`,
    label: "Read and change Cloud Storage",
    access: "write",
    contains: [`${AUTH}/devstorage.read_only`],
    opens: [
      ...posts("/upload/storage/v1/b/*/o", `${OBJECT}/copyTo/b/*/o/*`, `${OBJECT}/rewriteTo/b/*/o/*`, `${BUCKETS}/*/o/*/compose`),
      ...rules(["PUT"], "/upload/storage/v1/b/*/o"),
      ...rules(["PATCH", "DELETE"], OBJECT),
    ],
  },
  {
    name: `${AUTH}/bigquery`,
    label: "Read and change BigQuery, with any SQL",
    access: "write",
    contains: [`${AUTH}/bigquery.readonly`],
    opens: [
      ...posts("/bigquery/v2/projects/*/queries", "/bigquery/v2/projects/*/jobs", "/bigquery/v2/projects/*/jobs/*/cancel"),
      ...posts(DATASETS, `${DATASETS}/*/tables`, `${DATASETS}/*/tables/*/insertAll`),
      ...rules(["PATCH", "PUT", "DELETE"], `${DATASETS}/*`, `${DATASETS}/*/tables/*`),
    ],
  },
  {
    name: `${AUTH}/cloud-platform`,
    label: "Do anything in Google Cloud that your roles allow",
    access: "admin",
    contains: ["cloud-platform.read-only", "devstorage.read_write", "bigquery"].map((name) => `${AUTH}/${name}`),
    opens: [
      ...posts(MACHINE, ...["start", "stop", "reset", "suspend", "resume"].map((verb) => `${MACHINE}/*/${verb}`)),
      ...posts(BUCKETS),
      ...rules(["DELETE"], `${MACHINE}/*`, `${BUCKETS}/*`),
    ],
  },
];
