import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { target: unknown[] }[] }[] }>;
}

const require = createRequire(import.meta.url);
/** The copy that @axe-core/playwright brings. Its own builder injects it anew and sends back every pass with every run. */
const { source } = createRequire(require.resolve("@axe-core/playwright"))("axe-core") as { source: string };

/** Puts axe into this document. Once is enough until the next one is loaded. */
export async function bringAxe(page: Page): Promise<void> {
  await page.evaluate(source);
}

/** What axe finds wrong with the page as it is drawn now: the rule and where. */
export function findViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  return page.evaluate(
    async (runOnly) => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run({ resultTypes: ["violations"], ...(runOnly ? { runOnly } : {}) });
      return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ target }) => `${id}: ${target.join(" ")}`));
    },
    rules as string[] | undefined,
  );
}
