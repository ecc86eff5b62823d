"use client";

import { Search } from "lucide-react";

/** What the palette listens to. */
export const OPEN_PALETTE = "valet:palette";

/** Opens the palette for the mouse and the thumb. */
export function PaletteButton() {
  return (
    <button
      type="button"
      aria-keyshortcuts="Control+K Meta+K"
      aria-haspopup="dialog"
      className="scripted flex min-h-control items-center gap-2 rounded-md border bg-surface px-2.5 text-left text-sm text-muted shadow-low hover:border-line-strong hover:text-ink max-md:min-h-10"
      onClick={() => window.dispatchEvent(new Event(OPEN_PALETTE))}
    >
      <Search className="size-4 shrink-0" aria-hidden="true" />
      <span className="flex-1">Search or jump</span>
      <span aria-hidden="true" className="rounded border px-1 text-xs max-md:hidden">
        Ctrl K
      </span>
    </button>
  );
}
