"use client";

import { useState } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { SINGLE_KEYS } from "./Keyboard";
import { KEYS } from "./keys";

/** The keys, and a switch for whoever a single key surprises. */
export function KeysDialog({ close }: { readonly close: () => void }) {
  const [off, setOff] = useState(() => localStorage.getItem(SINGLE_KEYS) === "off");
  function change(on: boolean) {
    if (on) localStorage.removeItem(SINGLE_KEYS);
    else localStorage.setItem(SINGLE_KEYS, "off");
    setOff(!on);
  }
  return (
    <Dialog label="Keys" close={close} className="m-auto w-[min(26rem,calc(100vw-2rem))]">
      <div className="grid gap-4 p-5">
        <h2 className="text-lg font-semibold tracking-tight">Keys</h2>
        <KeyList />
        <label className="flex min-h-6 items-center gap-2.5 text-sm">
          <input type="checkbox" checked={!off} onChange={(event) => change(event.target.checked)} className="size-4" />
          Keys without Ctrl work in this browser
        </label>
        <Button className="justify-self-end" onClick={(event) => event.currentTarget.closest("dialog")?.close()}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}

export function KeyList() {
  return (
    <dl className="grid gap-1.5">
      {KEYS.map(({ keys, words }) => (
        <div key={words} className="flex items-center justify-between gap-4">
          <dt>{words}</dt>
          <dd className="flex items-center gap-1 text-xs text-muted">
            {keys.map((key, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice, and the order is all there is
              <span key={index} className="contents">
                {index > 0 ? "then" : null}
                <kbd className="min-w-6 rounded border border-line-strong bg-sunken px-1.5 py-0.5 text-center font-sans text-ink">
                  {key}
                </kbd>
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
