import { Bookmark, Trash2 } from "lucide-react";
import Link from "next/link";
import { ActionForm } from "@/app/_ui/ActionForm";
import { cx } from "@/app/_ui/cx";
import { Disclosure } from "@/app/_ui/Disclosure";
import { TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { queryOf, type Shown } from "@/lib/activity/address";
import type { SavedView } from "@/lib/activity/savedViews";
import { forgetView, keepView, renameView } from "./actions";

interface Props {
  readonly views: readonly SavedView[];
  readonly shown: Shown;
  readonly filtered: boolean;
}

/** A person's own filters by name: each a link, so that it opens like any address. */
export function Views({ views, shown, filtered }: Props) {
  const query = queryOf(shown);
  if (views.length === 0 && !filtered) return null;
  return (
    <section aria-label="Saved views" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {views.length > 0 ? (
        <ul className="flex flex-wrap gap-2">
          {views.map((view) => (
            <li key={view.id} className="min-w-0">
              <Link
                href={view.query ? `/activity?${view.query}` : "/activity"}
                aria-current={view.query === query ? "page" : undefined}
                className={cx(
                  "inline-flex min-h-8 max-w-full items-center gap-1.5 rounded-full border px-3 text-sm font-medium max-md:min-h-10",
                  view.query === query ? "border-ink bg-sunken" : "bg-surface text-muted hover:border-line-strong hover:text-ink",
                )}
              >
                <Bookmark className={cx("size-3.5 shrink-0", view.query === query && "fill-current")} aria-hidden="true" />
                <span className="truncate">{view.name}</span>
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="flex flex-wrap items-start gap-x-6 gap-y-1">
        {filtered ? <Keep key={query} query={query} known={views.some((view) => view.query === query)} /> : null}
        {views.length > 0 ? <Manage views={views} /> : null}
      </div>
    </section>
  );
}

function Keep({ query, known }: { readonly query: string; readonly known: boolean }) {
  return (
    <Disclosure summary={known ? "Save this view under another name" : "Save this view"}>
      <ActionForm action={keepView} hidden={{ query }} label="Save this view" className="flex max-w-md flex-wrap items-end gap-2 pb-2">
        <div className="min-w-0 flex-1 basis-48">
          <TextField
            label="Name of the view"
            name="name"
            required
            maxLength={60}
            autoComplete="off"
            hint="A view of the same name is replaced."
          />
        </div>
        <SubmitButton look="secondary">Save view</SubmitButton>
        <Saved />
      </ActionForm>
    </Disclosure>
  );
}

function Manage({ views }: { readonly views: readonly SavedView[] }) {
  return (
    <Disclosure summary="Rename or delete views">
      <ul className="grid max-w-md gap-3 pb-2">
        {views.map((view) => (
          <li key={view.id} className="flex flex-wrap items-end gap-2">
            <ActionForm
              action={renameView}
              hidden={{ viewId: view.id }}
              label={`Rename ${view.name}`}
              className="flex min-w-0 flex-1 flex-wrap items-end gap-2"
            >
              <div className="min-w-0 flex-1 basis-40">
                <TextField label={`Name of ${view.name}`} name="name" required maxLength={60} autoComplete="off" defaultValue={view.name} />
              </div>
              <SubmitButton look="secondary">Rename</SubmitButton>
            </ActionForm>
            <ActionForm action={forgetView} hidden={{ viewId: view.id }} label={`Delete ${view.name}`}>
              <SubmitButton look="danger-quiet">
                <Trash2 aria-hidden="true" />
                Delete<span className="sr-only"> {view.name}</span>
              </SubmitButton>
            </ActionForm>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}
