"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { plural } from "@/app/_ui/words";

/**
 * Has the page read again as rows come in that fit its filters, and says how many, politely. A tab that nobody looks at asks for
 * nothing: it catches up when it is looked at again.
 */
export function Follow({ from }: { readonly from: string }) {
  const router = useRouter();
  const [arrived, setArrived] = useState(0);
  const [open, setOpen] = useState(false);
  const [watched, setWatched] = useState(true);
  useEffect(() => {
    const look = () => setWatched(document.visibilityState === "visible");
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => {
    if (!watched) return;
    const stream = new EventSource(from);
    // What came in between this page and the stream; also after a line was lost.
    stream.addEventListener("open", () => {
      setOpen(true);
      router.refresh();
    });
    stream.addEventListener("rows", (event: MessageEvent<string>) => {
      setArrived((before) => before + (Number(event.data) || 0));
      router.refresh();
    });
    return () => stream.close();
  }, [from, router, watched]);
  return (
    <span role="status" data-open={open} className="text-sm text-muted">
      {arrived === 0 ? "New rows come in by themselves." : `${plural(arrived, "new row")} since you began.`}
    </span>
  );
}
