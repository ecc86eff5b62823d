import type { ReactNode } from "react";
import { Section } from "@/app/_ui/Card";

/** A part of the page that is photographed alone. */
export function Sheet({ id, title, lead, children }: { id: string; title: string; lead?: string; children: ReactNode }) {
  return (
    <div data-shot={id} className="bg-canvas p-4">
      <Section id={id} title={title} {...(lead ? { lead } : {})}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5">{children}</div>
      </Section>
    </div>
  );
}

/** One component in one state. */
export function Specimen({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-1.5">
      <p className="font-mono text-xs text-faint">{name}</p>
      <div>{children}</div>
    </div>
  );
}

export function Row({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2">{children}</div>;
}
