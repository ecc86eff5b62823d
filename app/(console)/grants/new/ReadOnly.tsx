"use client";

import { Eye } from "lucide-react";
import Link from "next/link";
import type { MouseEvent } from "react";
import { buttonClass } from "@/app/_ui/Button";

/** Ticks all that reads and nothing more. A link without scripts; with them it leaves the rest of the form as it is. */
export function ReadOnly({ href }: { readonly href: string }) {
  return (
    <Link href={href} className={buttonClass("secondary")} scroll={false} onClick={tickReading}>
      <Eye aria-hidden="true" />
      Read-only
    </Link>
  );
}

function tickReading(event: MouseEvent<HTMLElement>) {
  const boxes = event.currentTarget.closest("form")?.querySelectorAll<HTMLInputElement>('input[name="scopes"]');
  if (!boxes) return;
  event.preventDefault();
  for (const box of boxes) box.checked = box.dataset.access === "read";
}
