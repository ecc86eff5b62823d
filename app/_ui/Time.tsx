"use client";

import { useEffect, useState } from "react";

interface Props {
  readonly iso: string;
  /** In words as of the server's clock: "3 minutes ago". */
  readonly words: string;
}

/** A moment: in words, and exactly on hover, in UTC until the viewer's own zone is known. */
export function TimeWords({ iso, words }: Props) {
  const [exact, setExact] = useState(() => `${iso.slice(0, 19).replace("T", " ")} UTC`);
  useEffect(() => {
    setExact(new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" }).format(new Date(iso)));
  }, [iso]);
  return (
    <time dateTime={iso} title={exact} className="numbers whitespace-nowrap">
      {words}
    </time>
  );
}
