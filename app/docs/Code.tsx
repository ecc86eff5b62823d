import { getCore } from "@/app/_server/core";
import { CopyButton } from "@/app/_ui/CopyButton";
import { SNIPPETS, type SnippetId } from "@/lib/wire/docs/snippets";

/** A snippet of the documentation, with this Valet's own address. Takes none but those that a test runs. */
export async function Code({ id }: { readonly id: SnippetId }) {
  const { title, code } = SNIPPETS[id];
  return <CodeText title={title} text={code((await getCore()).settings.publicUrl)} />;
}

/** The same for what stands in a document of ours. */
export function CodeText({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <figure className="grid min-w-0 grid-cols-[minmax(0,1fr)] overflow-hidden rounded-xl border bg-surface">
      <figcaption className="flex items-center justify-between gap-3 border-b bg-sunken px-4 py-1.5 text-sm font-medium">
        {title}
        <CopyButton text={text} what={title} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: code that scrolls sideways must be reachable by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto p-4 font-mono text-xs leading-5">
        <code>{text}</code>
      </pre>
    </figure>
  );
}
