"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./Button";

/** Puts a text on the clipboard and says that it did. */
export function CopyButton({ text, what, wordless }: { readonly text: string; readonly what: string; readonly wordless?: boolean }) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  }
  const Icon = copied ? Check : Copy;
  return (
    <Button onClick={copy} aria-label={`Copy ${what}`}>
      <Icon aria-hidden="true" />
      {wordless ? null : <span aria-hidden="true">{copied ? "Copied" : "Copy"}</span>}
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </Button>
  );
}
