"use client";

import { Download } from "lucide-react";
import { Button } from "@/app/_ui/Button";

/** Saves lines as a file, made in the browser: what is in them goes over no wire a second time. */
export function DownloadEnv({ name, lines }: { readonly name: string; readonly lines: readonly string[] }) {
  function save() {
    const address = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "text/plain" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: name });
    link.click();
    URL.revokeObjectURL(address);
  }
  return (
    <Button onClick={save}>
      <Download aria-hidden="true" />
      Download .env
    </Button>
  );
}
