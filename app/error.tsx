"use client";

import { Broken } from "@/app/_ui/Broken";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto max-w-xl px-4">
      <Broken digest={error.digest} retry={reset} />
    </main>
  );
}
