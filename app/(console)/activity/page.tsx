import { Activity } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { cx } from "@/app/_ui/cx";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { type ActivityView, getActivity, listActivity } from "@/lib/activity/list";
import type { PersonCtx } from "@/lib/ctx";
import { ActivityTable } from "./ActivityTable";
import { Details } from "./Details";
import { Filters } from "./Filters";
import { activityPath, readFilter, type Search } from "./filter";

export const metadata: Metadata = { title: "Activity" };

export default async function ActivityPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const { shown, asked } = readFilter(search, ctx.actor.role !== "member");
  // A form sends its empty fields too; the address to share has only what was chosen.
  if (Object.values(search).includes("")) redirect(activityPath(shown));
  const { rows, nextCursor } = await readForPage(() => listActivity(ctx, asked));
  const open = await openRow(ctx, rows, search.row);
  const cursor = typeof asked.cursor === "string" ? asked.cursor : undefined;
  const filtered = Object.keys(shown).some((name) => name !== "everyone");
  return (
    <>
      <PageHeader
        title="Activity"
        lead={shown.everyone ? "What everybody and every agent did." : "What you did, and what agents did for you."}
      />
      <Filters ctx={ctx} shown={shown} filtered={filtered} />
      <div className={cx("grid grid-cols-[minmax(0,1fr)] items-start gap-6", open && "xl:grid-cols-[minmax(0,1fr)_23rem]")}>
        <section aria-label="Rows of activity" className="grid grid-cols-[minmax(0,1fr)] gap-3">
          {rows.length === 0 ? (
            <Nothing filtered={filtered} />
          ) : (
            <ActivityTable
              rows={rows}
              now={ctx.clock.now()}
              openId={open?.id}
              narrow={open !== undefined}
              rowPath={(id) => activityPath(shown, { cursor, row: id })}
            />
          )}
          <nav aria-label="Pages" className="flex gap-2">
            {cursor ? <ButtonLink href={activityPath(shown)}>Newest</ButtonLink> : null}
            {nextCursor ? <ButtonLink href={activityPath(shown, { cursor: nextCursor })}>Older</ButtonLink> : null}
          </nav>
        </section>
        {open ? <Details row={open} shown={shown} closePath={activityPath(shown, { cursor })} /> : null}
      </div>
    </>
  );
}

/** The row in the address, also where it is not on this page of rows. */
async function openRow(ctx: PersonCtx, rows: readonly ActivityView[], id: Search[string]): Promise<ActivityView | undefined> {
  if (typeof id !== "string") return undefined;
  return rows.find((row) => row.id === id) ?? (await getActivity(ctx, { id }).catch(() => undefined));
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  return (
    <Empty
      icon={Activity}
      title={filtered ? "Nothing fits these filters" : "Nothing has happened yet"}
      action={filtered ? <ButtonLink href="/activity">Clear filters</ButtonLink> : null}
    >
      {filtered
        ? "Widen or clear them."
        : "Every change and every use, by you or by an agent, becomes one row here. Also those that were refused."}
    </Empty>
  );
}
