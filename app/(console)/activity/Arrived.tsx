"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  /** The element that led here. */
  readonly from: string;
  /** Where Escape leads. */
  readonly closePath: string;
  readonly children: ReactNode;
}

/** Takes the focus when it appears, so that a keyboard goes on where the eye does, and gives it back when it goes. */
export function Arrived({ from, closePath, children }: Props) {
  const router = useRouter();
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => {
    here.current?.focus({ preventScroll: true });
    return () => document.getElementById(from)?.focus({ preventScroll: true });
  }, [from]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isBusy(event.target)) return;
      router.push(closePath, { scroll: false });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [closePath, router]);
  return (
    <div ref={here} tabIndex={-1} className="min-w-0 outline-none">
      {children}
    </div>
  );
}

/** Escape belongs to whatever is open above, and to a field that is being filled. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open], [role=dialog], :popover-open")) return true;
  return target instanceof HTMLElement && target.matches("input, select, textarea");
}
