import { describe, expect, it } from "vitest";
import { completeLock } from "./lock.mjs";

const lockOf = (packages: Record<string, unknown>) => ({ packages: { "": {}, ...packages } });

describe("the lockfile", () => {
  it("gets every optional package that its writer's registry left out, with where it runs", () => {
    const optionalDependencies = { "@x/tool-linux-x64-musl": "1.2.3", "@x/tool-windows-arm64": "1.2.3", "@x/tool-darwin-x64": "1.2.3" };
    const lock = lockOf({
      "node_modules/tool": { version: "1.2.3", dev: true, optionalDependencies },
      "node_modules/@x/tool-darwin-x64": {},
    });
    expect(completeLock(lock)).toEqual(["added @x/tool-linux-x64-musl", "added @x/tool-windows-arm64"]);
    expect(lock.packages).toMatchObject({
      "node_modules/@x/tool-linux-x64-musl": { version: "1.2.3", dev: true, optional: true, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
      "node_modules/@x/tool-windows-arm64": { version: "1.2.3", dev: true, optional: true, os: ["win32"], cpu: ["arm64"] },
    });
    expect(completeLock(lock)).toEqual([]);
  });

  it("takes a package in a folder above for there", () => {
    const inner = { version: "1.0.0", optionalDependencies: { "native-linux-x64": "1.0.0" } };
    expect(completeLock(lockOf({ "node_modules/a/node_modules/b": inner, "node_modules/native-linux-x64": {} }))).toEqual([]);
  });

  it("names no registry", () => {
    const lock = lockOf({ "node_modules/a": { version: "1.0.0", resolved: "https://registry.example.com/a.tgz" } });
    expect(completeLock(lock)).toEqual(["removed the address of node_modules/a"]);
    expect(JSON.stringify(lock)).not.toContain("registry.example.com");
  });
});
