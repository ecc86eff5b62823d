import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
const SKIPPED = new Set(["node_modules", ".git", ".next", "dist", ".valet", "test-results", "playwright-report", "coverage"]);

/** Every file of the project that git would keep, by path from its root. Without git: whatever lies there. */
export function projectFiles() {
  try {
    const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    const out = execFileSync("git", list, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return out.split("\0").filter((path) => path && existsSync(join(ROOT, path)));
  } catch {
    return readdirSync(ROOT, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
      .filter((path) => !path.split("/").some((part) => SKIPPED.has(part)));
  }
}
