import Form from "next/form";
import { Button, ButtonLink } from "@/app/_ui/Button";
import { SelectField, TextField } from "@/app/_ui/Field";
import type { Asked, Page } from "./pageOf";

export function Find({ asked: { text, status } }: { readonly asked: Asked }) {
  return (
    <Form action="/admin/agents" aria-label="Find" className="flex flex-wrap items-end gap-2">
      <TextField label="Agent or owner" name="q" defaultValue={text} data-filter className="sm:w-72" />
      <SelectField label="State" name="status" defaultValue={status ?? ""}>
        <option value="">Any</option>
        <option value="orphaned">Without an active owner</option>
        <option value="paused">Paused</option>
        <option value="active">Active</option>
      </SelectField>
      <Button type="submit" className="min-h-9">
        Find
      </Button>
    </Form>
  );
}

export function Pages({ shown: { page, pages }, asked: { text, status } }: { readonly shown: Page<unknown>; readonly asked: Asked }) {
  if (pages === 1) return null;
  const kept = { ...(text ? { q: text } : {}), ...(status ? { status } : {}) };
  const href = (to: number) => `/admin/agents?${new URLSearchParams({ ...kept, page: String(to) })}`;
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
