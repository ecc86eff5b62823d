import type { ReactNode } from "react";
import type { Block, Piece } from "@/lib/wire/docs/markdown";
import { CodeText } from "../Code";

/** One block of a document that is written as Markdown. */
export function Written({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading":
      return <Heading level={block.level} id={block.id} text={block.text} />;
    case "paragraph":
      return (
        <p className="break-words">
          <Pieces of={block.pieces} />
        </p>
      );
    case "list":
      return (
        <ul className="grid list-disc gap-1.5 pl-5">
          {block.items.map((item) => (
            <li key={keyOf(item)} className="break-words">
              <Pieces of={item} />
            </li>
          ))}
        </ul>
      );
    case "code":
      return <CodeText title={TITLES[block.language] ?? "Text"} text={block.text} />;
    case "table":
      return <Table head={block.head} rows={block.rows} />;
  }
}

const TITLES: Readonly<Record<string, string>> = { sh: "In a shell", yaml: "As YAML" };

function Heading({ level, id, text }: { readonly level: number; readonly id: string; readonly text: string }) {
  const link = (
    <a href={`#${id}`} className="hover:underline">
      {text}
    </a>
  );
  if (level === 2)
    return (
      <h2 id={id} className="mt-4 scroll-mt-6 border-t pt-5 text-md font-semibold tracking-tight">
        {link}
      </h2>
    );
  return (
    <h3 id={id} className="mt-2 scroll-mt-6 font-semibold">
      {link}
    </h3>
  );
}

type Cells = readonly (readonly Piece[])[];

/** Wide tables scroll by themselves, never the page. */
function Table({ head, rows }: { readonly head: Cells; readonly rows: readonly Cells[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section tabIndex={0} aria-label={head.map(wordsOf).join(", ")} className="overflow-x-auto rounded-xl border bg-surface">
      <table className="w-full min-w-[36rem] border-collapse text-sm">
        <thead>
          <tr className="border-b bg-sunken text-left">
            {head.map((cell) => (
              <th key={keyOf(cell)} scope="col" className="px-4 py-2 font-medium">
                <Pieces of={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {rows.map((cells) => (
            <tr key={keyOf(cells[0] ?? [])} className="align-top">
              {cells.map((cell, index) => (
                <td key={wordsOf(head[index] ?? [])} className="px-4 py-2">
                  <Pieces of={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Pieces({ of }: { readonly of: readonly Piece[] }): ReactNode {
  return of.map((piece, index) => {
    const key = `${index} ${piece.text}`;
    if (piece.as === "code")
      return (
        <code key={key} className="font-mono text-xs [overflow-wrap:anywhere]">
          {piece.text}
        </code>
      );
    return piece.as === "strong" ? <strong key={key}>{piece.text}</strong> : <span key={key}>{piece.text}</span>;
  });
}

const wordsOf = (pieces: readonly Piece[]) => pieces.map(({ text }) => text).join("");
const keyOf = wordsOf;
