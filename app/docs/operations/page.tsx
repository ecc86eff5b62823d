import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PageHeader } from "@/app/_ui/PageHeader";
import { type Block, readMarkdown } from "@/lib/wire/docs/markdown";
import { Code } from "../Code";
import { Written } from "./Written";

export const metadata: Metadata = { title: "Operations" };

/** docs/operations.md, as it is beside the program that runs: one text for whoever reads the source and whoever runs it. */
const DOCUMENT = join(process.cwd(), "docs", "operations.md");

/** What this Valet itself can be asked, with its own address, at the end of a section. */
const ASKED: Readonly<Record<string, ReactNode>> = { health: <Code id="ready" />, metrics: <Code id="metrics" /> };

export default function OperationsPage() {
  const [, ...sections] = sectionsOf(readMarkdown(readFileSync(DOCUMENT, "utf8")));
  return (
    <>
      <PageHeader
        title="Operations"
        lead="Node processes and one PostgreSQL. Settings are environment variables; a bad one stops the start and says the fix."
      />
      <nav aria-label="On this page">
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {sections.map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`} className="prose-link inline-flex min-h-6 items-center text-sm">
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {sections.map(({ id, blocks }) => (
        <section key={id} aria-labelledby={id} className="grid grid-cols-[minmax(0,1fr)] content-start gap-3">
          {blocks.map(({ key, block }) => (
            <Written key={key} block={block} />
          ))}
          {ASKED[id]}
        </section>
      ))}
    </>
  );
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: { readonly key: number; readonly block: Block }[];
}

/** A section begins with each heading of the first or second level. */
function sectionsOf(blocks: readonly Block[]): Section[] {
  const sections: Section[] = [];
  for (const [key, block] of blocks.entries()) {
    if (block.kind === "heading" && block.level <= 2) sections.push({ id: block.id, title: block.text, blocks: [] });
    sections.at(-1)?.blocks.push({ key, block });
  }
  return sections;
}
