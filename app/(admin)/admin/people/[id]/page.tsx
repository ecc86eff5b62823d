import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { PageHeader } from "@/app/_ui/PageHeader";
import { type State, Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who, WhoMark } from "@/app/_ui/Who";
import { listInWords, plural } from "@/app/_ui/words";
import { type Leaving, previewLeaving } from "@/lib/overview/leaving";
import { ManagePerson } from "../ManagePerson";

export const metadata: Metadata = { title: "Person" };

/** What somebody has, by name: what an admin sees before they leave. */
export default async function PersonPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const ctx = await requirePerson();
  const { id } = await params;
  const leaving = await readForPage(() => previewLeaving(ctx, { personId: id.slice(0, 60) }));
  const { person, accounts, grants, apiTokens } = leaving;
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader
        back={{ href: "/admin/people", label: "People" }}
        mark={<WhoMark kind="person" large />}
        title={person.name}
        lead={
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="break-all">{person.email}</span>
            <span className="rounded border px-1 text-xs font-medium">{person.role}</span>
            {person.status === "active" ? null : <Status state={person.status as State} />}
            <span>
              signed in <When at={person.lastSignInAt} now={now} />
            </span>
          </span>
        }
        actions={
          <>
            <ButtonLink look="quiet" href={`/admin/access?person=${person.id}`}>
              Who reaches their accounts
            </ButtonLink>
            <ButtonLink look="quiet" href={`/admin/audit?by=${person.id}`}>
              What they changed
            </ButtonLink>
            <ButtonLink look="quiet" href={`/activity?everyone=1&person=${person.id}`}>
              Activity
            </ButtonLink>
          </>
        }
      />
      <Part id="agents" title="Agents" none="They own no agent.">
        {person.owned.map((agent) => (
          <Row
            key={agent.id}
            href={`/agents/${agent.id}`}
            more={agent.goesOnWith ? `goes on with ${agent.goesOnWith}` : "nobody else owns it"}
          >
            <Who kind="agent" name={agent.name} />
          </Row>
        ))}
      </Part>
      <Part id="accounts" title="Accounts" none="They have connected no account.">
        {accounts.map((account) => (
          <Row key={account.id} href={`/connections/${account.id}`} more={account.status === "active" ? "" : "to be connected again"}>
            <Account {...account} />
          </Row>
        ))}
      </Part>
      <Part id="grants" title="Live grants" lead={tooMany(leaving)} none="They lend nothing right now.">
        {grants.map((grant) => (
          <Row
            key={grant.id}
            href={`/grants/${grant.id}`}
            more={
              <>
                ends <When at={grant.expiresAt} now={now} />
              </>
            }
          >
            <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
              <Account {...grant} />
              <span className="text-muted">to</span>
              <Who kind="agent" name={grant.agentName} />
            </span>
          </Row>
        ))}
      </Part>
      {ctx.actor.role === "admin" ? (
        <Section id="leaving" title="Role, and leaving" lead={leadOf(leaving)}>
          <Card className="p-4">
            <ManagePerson person={{ ...person }} accounts={accounts} grants={grants} apiTokens={apiTokens} />
          </Card>
        </Section>
      ) : null}
    </>
  );
}

function leadOf({ person, accounts, apiTokens }: Leaving): string {
  if (person.status === "removed") return "They were removed: what they lent has ended, and their accounts are disconnected.";
  const ends = [
    plural(person.liveGrants, "live grant"),
    plural(accounts.length, "account"),
    ...(apiTokens > 0 ? [plural(apiTokens, "API token")] : []),
  ];
  return `When they leave, hand over what they own, then remove them: ${listInWords(ends)} of theirs end with them.`;
}

function tooMany({ person, grants }: Leaving): string | null {
  return grants.length < person.liveGrants ? `The ${grants.length} that end soonest, of ${person.liveGrants}.` : null;
}

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly lead?: string | null;
  readonly none: string;
  readonly children: readonly ReactNode[];
}

function Part({ id, title, lead, none, children }: PartProps) {
  return (
    <Section id={id} title={title} lead={lead ?? null}>
      {children.length === 0 ? (
        <p className="text-muted">{none}</p>
      ) : (
        <Card>
          <ul className="divide-y">{children}</ul>
        </Card>
      )}
    </Section>
  );
}

function Row({ href, more, children }: { readonly href: string; readonly more: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
      <Link href={href} className="min-h-6 min-w-0 flex-1 basis-64 rounded hover:underline">
        {children}
      </Link>
      <span className="text-sm text-muted">{more}</span>
    </li>
  );
}

function Account({
  connector,
  connectorName,
  accountName,
}: Pick<Leaving["accounts"][number], "connector" | "connectorName" | "accountName">) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 break-words">
      <ConnectorTile connector={connector} small />
      {connectorName}, {accountName}
    </span>
  );
}
