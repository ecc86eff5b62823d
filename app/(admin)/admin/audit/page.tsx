import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { cx } from "@/app/_ui/cx";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { ActivityTable } from "@/app/(console)/activity/ActivityTable";
import { activityPath, exportPath } from "@/app/(console)/activity/filter";
import { listActivity } from "@/lib/activity/list";
import { requireRole } from "@/lib/people/rules";
import { auditPath, NOUNS, readAudit, type Search } from "./address";
import { Filters } from "./Filters";

export const metadata: Metadata = { title: "Audit" };

/** What was changed here, by whom, from what to what: the ledger's changes, read by the verb that Activity reads. */
export default async function AuditPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const { shown, activity, asked } = readAudit(search, ctx.clock.now());
  // A form sends its empty fields too; the address to share has only what was chosen.
  if (Object.values(search).includes("")) redirect(auditPath(shown));
  const { rows, nextCursor } = await readForPage(async () => {
    requireRole(ctx.actor, "admin", "auditor");
    return listActivity(ctx, asked);
  });
  const { about, ...others } = shown;
  return (
    <>
      <PageHeader
        title="Audit"
        lead="Every change of rights and settings, by people, agents and Valet itself. Rows are only ever added."
        actions={
          <>
            <ButtonLink look="quiet" href={activityPath(activity)}>
              With all filters
            </ButtonLink>
            {(["csv", "ndjson"] as const).map((format) => (
              <a key={format} className={buttonClass("quiet")} href={exportPath(activity, format)} download>
                {format === "csv" ? "CSV" : "NDJSON"}
                <span className="sr-only"> of all these changes</span>
              </a>
            ))}
          </>
        }
      />
      <Filters ctx={ctx} shown={shown} />
      <nav aria-label="What was changed">
        <ul className="flex flex-wrap gap-1.5">
          {[undefined, ...NOUNS].map((one) => (
            <li key={one ?? "all"}>
              <Link
                href={auditPath({ ...others, ...(one ? { about: one } : {}) })}
                aria-current={one === about ? "page" : undefined}
                className={cx(
                  "inline-flex min-h-8 items-center rounded-full border px-3 text-sm first-letter:uppercase max-md:min-h-10",
                  one === about ? "border-ink bg-sunken font-medium text-ink" : "text-muted hover:bg-sunken hover:text-ink",
                )}
              >
                {one ? one.replaceAll("_", " ") : "everything"}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {rows.length === 0 ? (
        <Nothing filtered={Object.keys(others).length > 0} />
      ) : (
        <ActivityTable
          rows={rows}
          now={ctx.clock.now()}
          openId={undefined}
          narrow={false}
          rowPath={(row) => activityPath(activity, { row })}
        />
      )}
      {asked.cursor || nextCursor ? (
        <nav aria-label="Pages" className="flex flex-wrap gap-2">
          {asked.cursor ? <ButtonLink href={auditPath(shown)}>Newest</ButtonLink> : null}
          {nextCursor ? <ButtonLink href={auditPath(shown, { cursor: nextCursor })}>Older</ButtonLink> : null}
        </nav>
      ) : null}
    </>
  );
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <Empty icon={ScrollText} title="No change fits" action={<ButtonLink href="/admin/audit">Clear the filters</ButtonLink>}>
      Nobody changed anything like this in that time.
    </Empty>
  ) : (
    <Empty icon={ScrollText} title="No change of this kind yet">
      As soon as somebody changes something of it, who and when stands here.
    </Empty>
  );
}
