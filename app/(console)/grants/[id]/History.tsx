import Link from "next/link";
import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import { type ActivityView, listActivity } from "@/lib/activity/list";
import type { PersonCtx } from "@/lib/ctx";
import { phraseChange } from "./phraseChange";

interface Props {
  readonly ctx: PersonCtx;
  readonly grantId: string;
  readonly everyone: boolean;
}

const ROWS_SHOWN = 20;

/** Who changed this grant, when, and what that came to. */
export async function History({ ctx, grantId, everyone }: Props) {
  const { rows, nextCursor } = await readForPage(() => listActivity(ctx, { grantId, kind: "change", limit: ROWS_SHOWN, everyone }));
  const more = nextCursor ? `/activity?grant=${grantId}&kind=change${everyone ? "&everyone=1" : ""}` : null;
  const now = ctx.clock.now();
  return (
    <Section id="history" title="History" lead="Every change of this grant, newest first.">
      <Card>
        <ol className="divide-y" aria-label="History">
          {rows.map((row) => (
            <li key={row.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5">
              <span className="flex min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-1.5 gap-y-1">
                {row.acting === "system" ? "Valet" : <Who kind={row.acting} name={nameOf(row)} />} <span>{row.words}</span>
                {row.decision === "refused" ? <Status state="refused" /> : null}
                <Said row={row} />
              </span>
              <span className="text-sm text-muted">
                <When at={row.at} now={now} />
              </span>
            </li>
          ))}
        </ol>
      </Card>
      {more ? (
        <p className="text-sm">
          <Link href={more} className="prose-link">
            All of it in Activity
          </Link>
        </p>
      ) : null}
    </Section>
  );
}

function Said({ row }: { readonly row: ActivityView }) {
  const said = phraseChange(row);
  return said ? <span className="basis-full text-sm break-words text-muted">{said}</span> : null;
}

function nameOf({ acting, person, agent, chain }: ActivityView): string {
  const named = acting === "agent" ? agent : person;
  return named?.name ?? chain[0]?.name ?? "Somebody";
}
