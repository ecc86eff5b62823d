import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { DataList, Datum } from "@/app/_ui/DataList";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import { DOOR_WORDS, type Health, type RestingSaas, readHealth, type Trouble } from "@/lib/overview/health";
import type { RefresherHealth } from "@/lib/overview/refresherHealth";

export const metadata: Metadata = { title: "Health" };

export default async function HealthPage() {
  const ctx = await requirePerson();
  const health = await readForPage(() => readHealth(ctx));
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader
        title="Health"
        lead={
          <p className="text-md text-ink">
            {health.works ? "Everything works." : `${plural(health.troubles.length, "thing")} to look at.`}
          </p>
        }
      />
      {health.troubles.length > 0 ? <Troubles troubles={health.troubles} /> : null}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
        <Lately health={health} />
        <Database health={health} />
        <Renewing health={health} now={now} />
        <Regular health={health} now={now} />
        {health.refresher ? <Refresher refresher={health.refresher} now={now} /> : null}
      </div>
    </>
  );
}

function Troubles({ troubles }: { readonly troubles: readonly Trouble[] }) {
  return (
    <section aria-label="To look at" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {troubles.map(({ what, todo, href }) => (
        <Notice
          key={what}
          tone="warn"
          title={what}
          action={
            href ? (
              <Link href={href} className="prose-link inline-flex min-h-6 items-center">
                Look
              </Link>
            ) : null
          }
        >
          {todo}
        </Notice>
      ))}
    </section>
  );
}

function Part({
  id,
  title,
  lead,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  return (
    <Section id={id} title={title} lead={lead}>
      <Card>
        <DataList>{children}</DataList>
      </Card>
    </Section>
  );
}

function Lately({ health: { uses } }: { readonly health: Health }) {
  return (
    <Part id="lately" title="The last fifteen minutes" lead="What agents were given, over all processes.">
      <Datum name="Tokens given">{uses.exchanges}</Datum>
      <Datum name="Calls let through">{uses.calls}</Datum>
      <Datum name="Refused">{uses.refused}</Datum>
      {uses.reasons.length > 0 ? (
        <Datum name="Mostly because">
          <ul>
            {uses.reasons.map(({ reason, count }) => (
              <li key={reason}>
                <code className="font-mono text-xs break-all">{reason}</code> {plural(count, "time")}
              </li>
            ))}
          </ul>
        </Datum>
      ) : null}
    </Part>
  );
}

function Database({ health: { database, migrations, version } }: { readonly health: Health }) {
  const waits = database.waiting > 0 ? `${plural(database.waiting, "question waits", "questions wait")} for one` : "nobody waits";
  return (
    <Part id="database" title="Database and version" lead="As this page was made.">
      <Datum name="PostgreSQL">Answered in {database.milliseconds} ms</Datum>
      <Datum name="Connections">
        {database.connections} open, {waits}
      </Datum>
      <Datum name="Schema">
        {plural(migrations.applied, "change")} applied,{" "}
        {migrations.unfinished > 0 ? `${migrations.unfinished} unfinished` : "none unfinished"}
        {migrations.last ? <code className="block font-mono text-xs break-all text-muted">{migrations.last}</code> : null}
      </Datum>
      <Datum name="Valet">Version {version}</Datum>
    </Part>
  );
}

function Renewing({ health: { refreshesUnderWay, overdue, resting }, now }: { readonly health: Health; readonly now: Date }) {
  return (
    <Part id="renewing" title="Services and their access" lead="Access is renewed before it ends; who is down is not asked.">
      <Datum name="Being renewed">{refreshesUnderWay > 0 ? plural(refreshesUnderWay, "account") : "None at this moment"}</Datum>
      <Datum name="Overdue">
        {overdue.count > 0 ? (
          <>
            {plural(overdue.count, "account")}, the oldest since <When at={overdue.oldestAt} now={now} />
          </>
        ) : (
          "None"
        )}
      </Datum>
      <Datum name="Not asked now">
        {resting.length === 0 ? (
          "None: every service answers, or was not asked"
        ) : (
          <ul className="grid gap-1.5">
            {resting.map((one) => (
              <Resting key={`${one.connector} ${one.host} ${one.door}`} one={one} now={now} />
            ))}
          </ul>
        )}
      </Datum>
    </Part>
  );
}

function Resting({ one: { connectorName, host, door, since, nextTryAt }, now }: { readonly one: RestingSaas; readonly now: Date }) {
  return (
    <li>
      {connectorName}, {DOOR_WORDS[door] ?? door}
      <span className="block text-sm text-muted">
        {host}; since <When at={since} now={now} />, next try <When at={nextTryAt} now={now} />
      </span>
    </li>
  );
}

function Refresher({ refresher, now }: { readonly refresher: RefresherHealth; readonly now: Date }) {
  const { answers, startedAt, startedAgain, lastAnswerAt } = refresher;
  return (
    <Part id="refresher" title="The refresher" lead="The process that renews access, and alone opens what lasts.">
      <Datum name="Now">{answers ? "It answers" : "It does not answer"}</Datum>
      <Datum name="Last answer">
        <When at={lastAnswerAt} now={now} />
      </Datum>
      <Datum name="Began">
        <When at={startedAt} now={now} />
      </Datum>
      <Datum name="Started again">{startedAgain > 0 ? plural(startedAgain, "time") : "Never"} since Valet was started</Datum>
    </Part>
  );
}

function Regular({ health: { signing, sweeps }, now }: { readonly health: Health; readonly now: Date }) {
  return (
    <Part id="regular" title="Keys and regular work" lead="What Valet does by itself, each minute.">
      <Datum name="Signing keys">
        {plural(signing.keys, "key")} published, the one in use since <When at={signing.currentSince} now={now} />
        {signing.next ? (
          <>
            ; the next from <When at={signing.next} now={now} />
          </>
        ) : null}
      </Datum>
      {sweeps.map(({ name, at, failure }) => (
        <Datum key={name} name={name.charAt(0).toUpperCase() + name.slice(1)}>
          {failure ? `Failed (${failure})` : "Done"} <When at={at} now={now} />
        </Datum>
      ))}
      {sweeps.length === 0 ? <Datum name="Regular work">Not begun yet in this process</Datum> : null}
    </Part>
  );
}
