import { Activity, Download, Radio } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { cx } from "@/app/_ui/cx";
import { Empty } from "@/app/_ui/Empty";
import { Live } from "@/app/_ui/Live";
import { PageHeader } from "@/app/_ui/PageHeader";
import { type ActivityView, getActivity, listActivity } from "@/lib/activity/list";
import type { PersonCtx } from "@/lib/ctx";
import { ActivityTable } from "./ActivityTable";
import { Details } from "./Details";
import { Filters } from "./Filters";
import { activityPath, exportPath, livePath, readFilter, type Search, type Shown } from "./filter";

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
  const live = search.live === "1" ? "1" : undefined;
  const filtered = Object.keys(shown).some((name) => name !== "everyone");
  return (
    <>
      <PageHeader
        title="Activity"
        lead={shown.everyone ? "What everybody and every agent did." : "What you did, and what agents did for you."}
      />
      <Filters ctx={ctx} shown={shown} filtered={filtered} />
      {cursor ? null : <LiveSwitch shown={shown} live={live !== undefined} />}
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
              rowPath={(id) => activityPath(shown, { cursor, live, row: id })}
            />
          )}
          <nav aria-label="Pages" className="flex gap-2">
            {cursor ? <ButtonLink href={activityPath(shown)}>Newest</ButtonLink> : null}
            {nextCursor ? <ButtonLink href={activityPath(shown, { cursor: nextCursor })}>Older</ButtonLink> : null}
            {rows.length > 0 ? <Exports shown={shown} /> : null}
          </nav>
        </section>
        {open ? <Details row={open} shown={shown} closePath={activityPath(shown, { cursor, live })} /> : null}
      </div>
    </>
  );
}

/** A link, so that what is watched can be shared; the rows themselves are read as always. */
function LiveSwitch({ shown, live }: { readonly shown: Shown; readonly live: boolean }) {
  return (
    <div className="flex items-center gap-3">
      <ButtonLink look="quiet" href={activityPath(shown, { live: live ? undefined : "1" })}>
        <Radio aria-hidden="true" className={cx(live && "text-ok")} />
        {live ? "Stop following" : "Follow"}
      </ButtonLink>
      {live ? (
        <>
          <span role="status" className="text-muted">
            New rows come in by themselves.
          </span>
          <Live from={livePath(shown)} />
        </>
      ) : null}
    </div>
  );
}

/** Plain links: the browser takes a file, and Next must not read it ahead. */
function Exports({ shown }: { readonly shown: Shown }) {
  return (["csv", "ndjson"] as const).map((format) => (
    <a key={format} className={buttonClass("quiet")} href={exportPath(shown, format)} download>
      <Download aria-hidden="true" />
      {format === "csv" ? "CSV" : "NDJSON"}
      <span className="sr-only"> of all these rows</span>
    </a>
  ));
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
