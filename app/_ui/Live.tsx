"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Has the page read again whenever rows come in. Shows nothing; without scripts the page stays as it was read. */
export function Live({ from }: { readonly from: string }) {
  const router = useRouter();
  useEffect(() => {
    const stream = new EventSource(from);
    // What came in between this page and the stream; also after a line was lost.
    stream.addEventListener("open", () => router.refresh());
    stream.addEventListener("rows", () => router.refresh());
    return () => stream.close();
  }, [from, router]);
  return null;
}
