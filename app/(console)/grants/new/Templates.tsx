"use client";

import { Eye, MessageSquare, SlidersHorizontal } from "lucide-react";
import Link from "next/link";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { cx } from "@/app/_ui/cx";
import type { Template, TemplateId } from "@/lib/policy/templates";

interface Props {
  readonly templates: readonly (Template & { readonly href: string })[];
  readonly chosen: TemplateId;
}

const ICONS = { read: Eye, triage: MessageSquare, custom: SlidersHorizontal } as const;

/** Ways to begin. Links without scripts; with them they tick the boxes and leave the rest of the form as it is. */
export function Templates({ templates, chosen }: Props) {
  const [now, setNow] = useState(chosen);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const form = list.current?.closest("form");
    const look = () => form && setNow(templateOf(templates, tickedIn(form)));
    form?.addEventListener("change", look);
    return () => form?.removeEventListener("change", look);
  }, [templates]);
  return (
    <ul ref={list} className="grid gap-2 sm:grid-cols-3" aria-label="Templates">
      {templates.map((one) => {
        const Icon = ICONS[one.id];
        const here = one.id === now;
        return (
          <li key={one.id}>
            <Link
              href={one.href}
              scroll={false}
              aria-current={here ? "true" : undefined}
              onClick={(event) => tick(event, one) && setNow(one.id)}
              className={cx(
                "block h-full rounded-xl border bg-surface px-3.5 py-2.5 hover:border-line-strong",
                here && "border-ink ring-1 ring-ink",
              )}
            >
              <span className="flex items-center gap-2 font-medium">
                <Icon className="size-4 shrink-0" aria-hidden="true" />
                {one.title}
              </span>
              <span className="block text-sm text-muted">{one.words}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** Custom begins with what is ticked, and opens the list. */
function tick(event: MouseEvent<HTMLElement>, { id, scopes }: Template): boolean {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return false;
  const form = event.currentTarget.closest("form");
  if (!form) return false;
  event.preventDefault();
  if (id === "custom") form.querySelector("details")?.setAttribute("open", "");
  else for (const box of boxesIn(form)) box.checked = scopes.includes(box.value);
  return true;
}

function boxesIn(form: HTMLFormElement) {
  return [...form.querySelectorAll<HTMLInputElement>('input[name="scopes"]')];
}

function tickedIn(form: HTMLFormElement): string[] {
  return boxesIn(form)
    .filter((box) => box.checked)
    .map((box) => box.value);
}

function templateOf(templates: readonly Template[], ticked: readonly string[]): TemplateId {
  const same = (one: Template) => one.scopes.length === ticked.length && one.scopes.every((name) => ticked.includes(name));
  return templates.find((one) => one.id !== "custom" && same(one))?.id ?? "custom";
}
