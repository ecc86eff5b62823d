import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { NOT_SHOWN } from "./notShown";

const UI = join(import.meta.dirname, "../_ui");
const components = readdirSync(UI)
  .filter((name) => name.endsWith(".tsx"))
  .map((name) => name.replace(/\.tsx$/, ""));
const page = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".tsx"))
  .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
  .join("\n");

/** Whether a component that this file exports stands on the page. */
function isShown(file: string): boolean {
  const exported = [...readFileSync(join(UI, `${file}.tsx`), "utf8").matchAll(/^export function ([A-Z]\w*)/gm)].map(([, name]) => name);
  return page.includes(`"@/app/_ui/${file}"`) && exported.some((name) => new RegExp(`<${name}\\b`).test(page));
}

it("shows every component of app/_ui at /design, or says why not", () => {
  expect(components.filter((file) => !isShown(file) && !NOT_SHOWN[file])).toEqual([]);
});

it("excuses nothing that is shown or gone", () => {
  expect(Object.keys(NOT_SHOWN).filter((file) => !components.includes(file) || isShown(file))).toEqual([]);
});
