import type { ReactNode } from "react";
import { Logo } from "@/app/_ui/Logo";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto grid w-full max-w-sm content-start gap-6 px-4 pt-[12vh] pb-16">
      <Logo large />
      {children}
    </main>
  );
}
