import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { cx } from "@/app/_ui/cx";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { ActivityTable } from "@/app/(console)/activity/ActivityTable";
import { activityPath, exportPath } from "@/app/(console)/activity/filter";
import { CHANGE_EVENTS } from "@/lib/activity/events";
import { listActivity } from "@/lib/activity/list";
import { requireRole } from "@/lib/people/rules";

export const metadata: Metadata = { title: "Audit" };

type Search = Readonly<Record<string, string | string[] | undefined>>;

/** What was changed here, by whom: the ledger's changes, read by the verb that Activity reads. */
export default async function AuditPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const { about, cursor: place } = await searchParams;
  const noun = NOUNS.find((one) => one === about);
  const cursor = typeof place === "string" && place.length <= 60 ? place : undefined;
  const { rows, nextCursor } = await readForPage(async () => {
    requireRole(ctx.actor, "admin", "auditor");
    return listActivity(ctx, { kind: "change", everyone: true, ...(noun ? { noun } : {}), ...(cursor ? { cursor } : {}) });
  });
  const shown = { kind: "change", ...(noun ? { noun } : {}), everyone: "1" } as const;
  return (
    <>
      <PageHeader
        title="Audit"
        lead="Every change of rights and settings, by people, agents and Valet itself. Rows are only ever added."
        actions={
          <>
            <ButtonLink look="quiet" href={activityPath(shown)}>
              With all filters
            </ButtonLink>
            {(["csv", "ndjson"] as const).map((format) => (
              <a key={format} className={buttonClass("quiet")} href={exportPath(shown, format)} download>
                {format === "csv" ? "CSV" : "NDJSON"}
                <span className="sr-only"> of all these changes</span>
              </a>
            ))}
          </>
        }
      />
      <nav aria-label="What was changed">
        <ul className="flex flex-wrap gap-1.5">
          {[undefined, ...NOUNS].map((one) => (
            <li key={one ?? "all"}>
              <Link
                href={one ? `/admin/audit?about=${one}` : "/admin/audit"}
                aria-current={one === noun ? "page" : undefined}
                className={cx(
                  "inline-flex min-h-8 items-center rounded-full border px-3 text-sm first-letter:uppercase max-md:min-h-10",
                  one === noun ? "border-ink bg-sunken font-medium text-ink" : "text-muted hover:bg-sunken hover:text-ink",
                )}
              >
                {one ? one.replaceAll("_", " ") : "everything"}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {rows.length === 0 ? (
        <Empty icon={ScrollText} title="No change of this kind yet">
          As soon as somebody changes something of it, who and when stands here.
        </Empty>
      ) : (
        <ActivityTable
          rows={rows}
          now={ctx.clock.now()}
          openId={undefined}
          narrow={false}
          rowPath={(row) => activityPath(shown, { row })}
        />
      )}
      <div className="flex gap-2">
        {cursor ? <ButtonLink href={noun ? `/admin/audit?about=${noun}` : "/admin/audit"}>Newest</ButtonLink> : null}
        {nextCursor ? (
          <ButtonLink href={`/admin/audit?${new URLSearchParams({ ...(noun ? { about: noun } : {}), cursor: nextCursor })}`}>
            Older
          </ButtonLink>
        ) : null}
      </div>
    </>
  );
}

/** "grant", "agent", ...: what changes are about, as the events name it. */
const NOUNS = [...new Set(CHANGE_EVENTS.map((event) => event.split(".")[0] as string))].sort();
