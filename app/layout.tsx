import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import { FlaskConical } from "lucide-react";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { getCore } from "./_server/core";
import { readDensity } from "./_server/readDensity";
import { readTheme } from "./_server/readTheme";
import "./globals.css";

export const metadata: Metadata = {
  title: { template: "%s · Valet", default: "Valet" },
  description: "Lend software a narrower key to your accounts, and see whose hand it was in.",
  robots: { index: false },
};

export const viewport: Viewport = { colorScheme: "light dark" };

/** Every page depends on who asks, so none is ever made ahead. */
export const dynamic = "force-dynamic";

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [theme, density] = [await readTheme(), await readDensity()];
  const { settings } = await getCore();
  return (
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      data-density={density}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body className={settings.demo ? "antialiased [--banner:2rem]" : "antialiased [--banner:0px]"}>
        {settings.demo ? <DemoBanner /> : null}
        {children}
      </body>
    </html>
  );
}

function DemoBanner() {
  return (
    <aside
      aria-label="Demo"
      className="sticky top-0 z-20 flex min-h-8 items-center justify-center gap-2 bg-warn-soft px-4 py-1 text-sm font-medium text-warn max-md:static"
    >
      <FlaskConical className="size-4 shrink-0" aria-hidden="true" />
      <p>This is a demo: anyone on this machine can sign in without a password. Connect no real account.</p>
    </aside>
  );
}
