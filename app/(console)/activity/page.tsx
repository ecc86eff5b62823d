import { Activity, Download, Radio } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { cx } from "@/app/_ui/cx";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { readFilter, type Search, type Shown } from "@/lib/activity/address";
import { type ActivityChart, chartActivity } from "@/lib/activity/chart";
import { type ActivityView, getActivity, listActivity } from "@/lib/activity/list";
import { listViews } from "@/lib/activity/savedViews";
import type { PersonCtx } from "@/lib/ctx";
import { ActivityTable } from "./ActivityTable";
import { Chart, number } from "./Chart";
import { Details } from "./Details";
import { Filters } from "./Filters";
import { Follow } from "./Follow";
import { activityPath, exportPath, isFiltered, livePath } from "./filter";
import { Views } from "./Views";

export const metadata: Metadata = { title: "Activity" };

/** Rows on a page. More is no help: what is looked for is found by filters, and what is kept by an export. */
const SIZES = ["50", "100", "200"] as const;

export default async function ActivityPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const { shown, asked } = readFilter(search, { mayAskEveryone: ctx.actor.role !== "member", now: ctx.clock.now() });
  const { size, keep } = readKept(search);
  // A form sends its empty fields too; the address to share has only what was chosen.
  if (Object.values(search).includes("")) redirect(activityPath(shown, keep));
  const { cursor: _page, ...all } = asked;
  const [{ rows, nextCursor }, chart, views] = await readForPage(() =>
    Promise.all([listActivity(ctx, { ...asked, limit: Number(size) }), chartActivity(ctx, all), listViews(ctx)]),
  );
  const open = await openRow(ctx, rows, search.row);
  const cursor = typeof asked.cursor === "string" ? asked.cursor : undefined;
  const filtered = isFiltered(shown);
  const here = { ...keep, cursor };
  return (
    <>
      <PageHeader
        title="Activity"
        lead={shown.everyone ? "What everybody and every agent did." : "What you did, and what agents did for you."}
        actions={cursor || shown.to ? null : <LiveSwitch shown={shown} keep={keep} />}
      />
      <Views views={views} shown={shown} filtered={filtered} />
      <Filters ctx={ctx} shown={shown} keep={keep} />
      <Chart chart={chart} shown={shown} now={ctx.clock.now()} keep={keep} />
      <div className={cx("grid grid-cols-[minmax(0,1fr)] items-start gap-6", open && "xl:grid-cols-[minmax(0,1fr)_23rem]")}>
        <section aria-label="Rows of activity" className="grid grid-cols-[minmax(0,1fr)] gap-3">
          {rows.length === 0 ? (
            <Nothing filtered={filtered} older={nextCursor !== null} />
          ) : (
            <ActivityTable
              rows={rows}
              now={ctx.clock.now()}
              openId={open?.id}
              narrow={open !== undefined}
              rowPath={(id) => activityPath(shown, { ...here, row: id })}
            />
          )}
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
            <nav aria-label="Pages" className="flex flex-wrap items-center gap-2">
              {cursor ? <ButtonLink href={activityPath(shown, keep)}>Newest</ButtonLink> : null}
              {nextCursor ? <ButtonLink href={activityPath(shown, { ...keep, cursor: nextCursor })}>Older</ButtonLink> : null}
              {nextCursor || cursor ? <PageSize shown={shown} live={keep.live} size={size} /> : null}
            </nav>
            {rows.length > 0 ? <Exports shown={shown} chart={chart} /> : null}
          </div>
        </section>
        {open ? <Details row={open} shown={shown} closePath={activityPath(shown, here)} /> : null}
      </div>
    </>
  );
}

/** What of the address is no filter and stays. */
function readKept(search: Search) {
  const size = SIZES.find((one) => one === search.rows) ?? SIZES[0];
  return { size, keep: { live: search.live === "1" ? "1" : undefined, rows: size === SIZES[0] ? undefined : size } };
}

/** A link, so that what is watched can be shared; the rows themselves are read as always. */
function LiveSwitch({ shown, keep }: { readonly shown: Shown; readonly keep: { readonly live: string | undefined } }) {
  const { live } = keep;
  return (
    <>
      {live ? <Follow key={livePath(shown)} from={livePath(shown)} /> : null}
      <ButtonLink href={activityPath(shown, { ...keep, live: live ? undefined : "1" })} scroll={false}>
        <Radio aria-hidden="true" className={cx(live && "text-ok")} />
        {live ? "Stop following" : "Follow"}
      </ButtonLink>
    </>
  );
}

function PageSize({ shown, live, size }: { readonly shown: Shown; readonly live: string | undefined; readonly size: string }) {
  return (
    <span className="flex items-center gap-1 text-sm text-muted">
      Rows on a page:
      {SIZES.map((one) => (
        <Link
          key={one}
          href={activityPath(shown, { live, rows: one === SIZES[0] ? undefined : one })}
          scroll={false}
          aria-current={one === size ? "true" : undefined}
          className={cx(
            "numbers inline-grid min-h-8 min-w-8 place-items-center rounded-md px-1 max-md:min-h-10 max-md:min-w-10",
            one === size ? "bg-sunken font-medium text-ink" : "hover:bg-sunken hover:text-ink",
          )}
        >
          {one}
        </Link>
      ))}
    </span>
  );
}

/** Plain links: the browser takes a file, shows how far it is, and holds none of it here; Next must not read it ahead. */
function Exports({ shown, chart }: { readonly shown: Shown; readonly chart: ActivityChart }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-sm text-muted">
        Take all <span className="numbers">{number(chart.rows)}</span>
        {chart.cut ? " and the older" : null}:
      </span>
      {(["csv", "ndjson"] as const).map((format) => (
        <a key={format} className={buttonClass("quiet")} href={exportPath(shown, format)} download>
          <Download aria-hidden="true" />
          {format === "csv" ? "CSV" : "NDJSON"}
          <span className="sr-only"> of all these rows</span>
        </a>
      ))}
    </div>
  );
}

/** The row in the address, also where it is not on this page of rows. */
async function openRow(ctx: PersonCtx, rows: readonly ActivityView[], id: Search[string]): Promise<ActivityView | undefined> {
  if (typeof id !== "string") return undefined;
  return rows.find((row) => row.id === id) ?? (await getActivity(ctx, { id }).catch(() => undefined));
}

function Nothing({ filtered, older }: { readonly filtered: boolean; readonly older: boolean }) {
  if (older)
    return (
      <Empty icon={Activity} title="None of the newest rows has this text">
        Older ones may: go on below.
      </Empty>
    );
  return (
    <Empty
      icon={Activity}
      title={filtered ? "Nothing fits these filters" : "Nothing has happened yet"}
      action={filtered ? <ButtonLink href="/activity">Clear filters</ButtonLink> : <ButtonLink href="/grants/new">New grant</ButtonLink>}
    >
      {filtered
        ? "Widen or clear them."
        : "Every change and every use, by you or by an agent, becomes one row here. Also those that were refused."}
    </Empty>
  );
}
