"use client";

import { Tabs } from "radix-ui";
import { CopyButton } from "./CopyButton";

export interface Snippet {
  readonly name: string;
  readonly code: string;
}

/** Code to paste, one tab per way. Never holds a secret: the place for it is a variable. */
export function Snippets({ list, label }: { readonly list: readonly Snippet[]; readonly label: string }) {
  return (
    <Tabs.Root defaultValue={list[0]?.name ?? ""} className="overflow-hidden rounded-xl border bg-surface shadow-low">
      <Tabs.List aria-label={label} className="flex gap-1 overflow-x-auto border-b bg-sunken px-2 pt-1.5">
        {list.map((one) => (
          <Tabs.Trigger
            key={one.name}
            value={one.name}
            className="-mb-px min-h-8 border-b-2 border-transparent px-2.5 text-sm font-medium text-muted hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink"
          >
            {one.name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {list.map((one) => (
        <Tabs.Content key={one.name} value={one.name} tabIndex={-1} className="relative">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: code that scrolls sideways must be reachable by keyboard */}
          <pre tabIndex={0} className="overflow-x-auto p-4 font-mono sm:pr-28 text-xs leading-5">
            <code>{one.code}</code>
          </pre>
          <div className="px-4 pb-4 sm:absolute sm:top-2.5 sm:right-2.5 sm:p-0">
            <CopyButton text={one.code} what={`the ${one.name} snippet`} />
          </div>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
