"use client";

import { useLinkStatus } from "next/link";
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { cx } from "./cx";

/** Nobody sees a page flash by that is there at once. */
const PATIENCE_MS = 150;

type Shape = "home" | "cards" | "rows" | "table";

/** What each section looks like; a list where it is not said. */
const SHAPES: Readonly<Record<string, Shape>> = {
  "/": "home",
  "/connections": "cards",
  "/activity": "table",
  "/admin": "home",
  "/admin/audit": "table",
};

/**
 * Inside a link of the navigation: while its page is under way, the shape of that page lies over this one. The page that comes is whole, so
 * its status is right and it needs no script (docs/decisions/024-skeletons-over-the-page-before.md).
 */
export function Arriving({ href }: { readonly href: string }) {
  const { pending } = useLinkStatus();
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!pending) return setLate(false);
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [pending]);
  const content = late && pending ? document.getElementById("content") : null;
  return content ? createPortal(<Skeleton shape={SHAPES[href] ?? "rows"} />, content) : null;
}

/** Said once to those who cannot see it; its drawing is for those who can. */
export function Skeleton({ shape }: { readonly shape: Shape }) {
  return (
    <div className="absolute inset-0 z-5 bg-canvas px-4 pt-5 md:px-9 md:pt-9" data-skeleton={shape}>
      <p role="status" className="sr-only">
        The page is under way
      </p>
      <div aria-hidden="true" className="grid grid-cols-[minmax(0,1fr)] gap-7 motion-safe:animate-pulse">
        <div className="grid gap-2">
          <Bar className="h-7 w-40" />
          <Bar className="h-4 w-full max-w-md" />
        </div>
        <Shaped shape={shape} />
      </div>
    </div>
  );
}

function Shaped({ shape }: { readonly shape: Shape }) {
  switch (shape) {
    case "home":
      return (
        <>
          <div className="grid gap-3 sm:grid-cols-2">{times(2, "h-32 w-full rounded-xl")}</div>
          <Rows count={5} />
        </>
      );
    case "cards":
      return (
        <>
          <div className="grid gap-3 xl:grid-cols-2">{times(2, "h-36 w-full rounded-xl")}</div>
          <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">{times(6, "h-28 w-full rounded-xl")}</div>
        </>
      );
    case "table":
      return (
        <>
          <Bar className="h-10 w-full" />
          <Bar className="h-32 w-full rounded-xl" />
          <Rows count={8} />
        </>
      );
    case "rows":
      return <Rows count={6} />;
  }
}

function Rows({ count }: { readonly count: number }) {
  return <div className="grid gap-px overflow-hidden rounded-xl border">{times(count, "h-15 w-full rounded-none")}</div>;
}

function times(count: number, className: string) {
  return Array.from({ length: count }, (_, index) => <Bar key={String(index)} className={className} />);
}

function Bar({ className }: { readonly className: string }) {
  return <div className={cx("rounded-md bg-sunken", className)} />;
}
