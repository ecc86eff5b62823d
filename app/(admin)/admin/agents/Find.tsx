import Form from "next/form";
import { Button, ButtonLink } from "@/app/_ui/Button";
import { TextField } from "@/app/_ui/Field";
import type { Page } from "./pageOf";

export function Find({ text }: { readonly text: string }) {
  return (
    <Form action="/admin/agents" aria-label="Find" className="flex flex-wrap items-end gap-2">
      <TextField label="Agent or owner" name="q" defaultValue={text} data-filter className="sm:w-72" />
      <Button type="submit" className="min-h-9">
        Find
      </Button>
    </Form>
  );
}

export function Pages({ shown: { page, pages }, text }: { readonly shown: Page<unknown>; readonly text: string }) {
  if (pages === 1) return null;
  const href = (to: number) => `/admin/agents?${new URLSearchParams({ ...(text ? { q: text } : {}), page: String(to) })}`;
  return (
    <nav aria-label="Pages" className="flex items-center gap-2">
      {page > 1 ? <ButtonLink href={href(page - 1)}>Before</ButtonLink> : null}
      <span className="numbers text-sm text-muted">
        Page {page} of {pages}
      </span>
      {page < pages ? <ButtonLink href={href(page + 1)}>Next</ButtonLink> : null}
    </nav>
  );
}
