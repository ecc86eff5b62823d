"use client";

import { buttonClass } from "./_ui/Button";
import { Problem } from "./_ui/Problem";
import "./globals.css";

/** The last net: even the layout could not be drawn. Its one action is a plain link, because no script may run here. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Valet is away</title>
        <main className="mx-auto max-w-xl px-4">
          <Problem
            code="server_error"
            title="Valet could not be shown"
            action={
              <a href="/" className={buttonClass("primary")}>
                Go to Home
              </a>
            }
          >
            Something went wrong on our side. Nothing was changed.
            {error.digest ? ` If it stays, tell your admin this number: ${error.digest.replace(/^\w+ /, "")}` : null}
          </Problem>
        </main>
      </body>
    </html>
  );
}
