import { describe, expect, it } from "vitest";
import { google } from "../connectors/google";
import { googleCloud } from "../connectors/googleCloud";
import { compileBoundary } from "./boundary";

const AUTH = "https://www.googleapis.com/auth";
const [READ, CHANGE, ALL] = [`${AUTH}/devstorage.read_only`, `${AUTH}/devstorage.read_write`, `${AUTH}/cloud-platform`];
const buckets = (...bucket: string[]) => ({ resources: { bucket } });
const reports = buckets("acme-reports");
const role = (name: string) => `inRole:roles/storage.${name}`;

describe("a token for single resources", () => {
  it("is asked for each of them, with no more than the scopes need there", () => {
    expect(compileBoundary(googleCloud, [ALL], [READ], buckets("acme-reports", "acme$&"))).toEqual({
      resources: ["bucket:acme-reports", "bucket:acme$&"],
      url: "https://sts.googleapis.com/v1/token",
      rules: ["acme-reports", "acme$&"].map((name) => ({
        availableResource: `//storage.googleapis.com/projects/_/buckets/${name}`,
        availablePermissions: [role("objectViewer"), role("legacyBucketReader")],
      })),
    });
    expect(compileBoundary(googleCloud, [ALL], [READ, CHANGE], reports)).toMatchObject({
      rules: [{ availablePermissions: [role("objectViewer"), role("legacyBucketReader"), role("objectUser")] }],
    });
  });

  it("is not asked for where the grant is not kept to any, or the SaaS makes none", () => {
    for (const bounds of [null, {}, { callsPerHour: 1 }]) expect(compileBoundary(googleCloud, [ALL], [READ], bounds)).toBeNull();
    expect(compileBoundary(google, [ALL], [READ], reports)).toBeNull();
  });

  it("is not asked for out of a token that has not the whole scope by name, whatever contains it", () => {
    for (const granted of [[], [READ, CHANGE], [`${AUTH}/cloud-platform.read-only`]])
      expect(compileBoundary(googleCloud, granted, [READ], reports)).toBe("boundary_without_source");
  });

  it("is not asked for more of them than the SaaS takes", () => {
    const many = Array.from({ length: 11 }, (_, number) => `acme-${number}`);
    expect(compileBoundary(googleCloud, [ALL], [READ], buckets(...many))).toBe("boundary_too_many");
    expect(compileBoundary(googleCloud, [ALL], [READ], buckets(...many.slice(1)))).toMatchObject({ rules: { length: 10 } });
  });

  it("is not asked for a scope whose role nobody named", () => {
    for (const scopes of [[], [READ, ALL], ["constructor"]])
      expect(compileBoundary(googleCloud, [ALL], scopes, reports)).toBe("boundary_without_role");
  });
});
