"use client";

import { type ReactNode, useEffect, useRef } from "react";

/** Takes the focus when it appears, so that a keyboard goes on where the eye does. */
export function Arrived({ children }: { readonly children: ReactNode }) {
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => here.current?.focus({ preventScroll: true }), []);
  return (
    <div ref={here} tabIndex={-1} className="min-w-0 rounded">
      {children}
    </div>
  );
}
