import type { Boundary, ResourceKind } from "./beyondScopes";
import { rules } from "./rules";

const READ = "https://www.googleapis.com/auth/devstorage.read_only";
const CHANGE = "https://www.googleapis.com/auth/devstorage.read_write";
const OBJECT = "/storage/v1/b/*/o/*";

const bucketKind: ResourceKind = {
  id: "bucket",
  label: "Only these buckets of Cloud Storage, by their names",
  example: "acme-reports",
  pattern: /^[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){1,198}[a-z0-9]$/,
  governs: [READ, CHANGE],
  named: [
    { path: "/storage/v1/b/{}/**" },
    { path: "/upload/storage/v1/b/{}/**" },
    { path: "/download/storage/v1/b/{}/**" },
    { path: `${OBJECT}/copyTo/b/{}/o/*` },
    { path: `${OBJECT}/rewriteTo/b/{}/o/*` },
  ],
  beyond: [
    // The rest of an upload belongs to whichever bucket it was begun in.
    ...rules(["PUT"], "/upload/storage/v1/b/*/o"),
  ],
};

export const googleCloudResources: readonly ResourceKind[] = [bucketKind];

/** Google's Credential Access Boundary, which Cloud Storage alone knows. */
export const bucketBoundary: Boundary = {
  url: "https://sts.googleapis.com/v1/token",
  source: "https://www.googleapis.com/auth/cloud-platform",
  kind: bucketKind.id,
  resource: "//storage.googleapis.com/projects/_/buckets/{}",
  permissions: {
    [READ]: ["inRole:roles/storage.objectViewer", "inRole:roles/storage.legacyBucketReader"],
    [CHANGE]: ["inRole:roles/storage.objectUser", "inRole:roles/storage.legacyBucketReader"],
  },
  resourcesMax: 10,
};
