"use client";

import { Broken } from "./_ui/Broken";
import "./globals.css";

/** The last net: even the layout could not be drawn. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Valet is away</title>
        <main className="mx-auto max-w-xl px-4">
          <Broken digest={error.digest} retry={reset} />
        </main>
      </body>
    </html>
  );
}
