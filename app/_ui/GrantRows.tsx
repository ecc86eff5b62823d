import Link from "next/link";
import type { ReactNode } from "react";
import type { GrantView } from "@/lib/grants/list";
import { AccessTag } from "./AccessTag";
import { Card } from "./Card";
import { ConnectorTile } from "./ConnectorTile";
import { cx } from "./cx";
import { shownState } from "./grantState";
import { PatternTag } from "./PatternTag";
import { Status } from "./Status";
import { When } from "./When";
import { Who } from "./Who";
import { permissionsInWords } from "./words";

interface Props {
  readonly grants: readonly GrantView[];
  readonly now: Date;
  /** Whose it is, on pages about everybody. */
  readonly withPerson?: boolean;
  /** On the page of one agent, every row would say the same. */
  readonly withoutAgent?: boolean;
  /** What can be done with one, at the end of its row. */
  readonly action?: (grant: GrantView) => ReactNode;
}

const COLUMNS = {
  plain: "lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_13rem_10rem]",
  withAction: "lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_11rem_9rem_5.5rem]",
  withoutAgent: "lg:grid-cols-[minmax(0,1fr)_13rem_10rem]",
} as const;

/** Grants, one per row: who may do what, where, until when, and when it last did. */
export function GrantRows({ grants, now, withPerson, withoutAgent, action }: Props) {
  return (
    <Card>
      <ul className="divide-y">
        {grants.map((grant) => (
          <li
            key={grant.id}
            className={cx(
              "relative grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-2 px-4 py-row first:rounded-t-xl last:rounded-b-xl hover:bg-sunken lg:items-center",
              COLUMNS[withoutAgent ? "withoutAgent" : action ? "withAction" : "plain"],
            )}
          >
            {withoutAgent ? null : <Hand grant={grant} withPerson={withPerson ?? false} />}
            <Where grant={grant} linked={withoutAgent ?? false} withPerson={Boolean(withoutAgent && withPerson)} />
            <span className="flex flex-wrap items-center gap-1.5">
              <AccessTag access={grant.access} />
              <Status state={shownState(grant)} />
              <PatternTag pattern={grant.pattern} />
            </span>
            <span className="text-sm text-muted lg:text-right">
              <GrantEnd grant={grant} now={now} />
              <br className="max-lg:hidden" />
              <span className="lg:hidden">, </span>
              used <When at={grant.lastUsedAt} now={now} />
            </span>
            {action ? <div className="relative justify-self-start lg:justify-self-end">{action(grant)}</div> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RowLink({ grant, children }: { readonly grant: GrantView; readonly children: ReactNode }) {
  const label = `${grant.agentName}, ${grant.connectorName} ${grant.accountName}`;
  return (
    <Link href={`/grants/${grant.id}`} aria-label={label} className="max-w-full min-w-0 rounded after:absolute after:inset-0">
      {children}
    </Link>
  );
}

function Hand({ grant, withPerson }: { readonly grant: GrantView; readonly withPerson: boolean }) {
  return (
    <span className="grid min-w-0 grid-cols-[minmax(0,1fr)] justify-items-start gap-1">
      <RowLink grant={grant}>
        <Who kind="agent" name={grant.agentName} />
      </RowLink>
      {withPerson ? <ForPerson grant={grant} /> : null}
    </span>
  );
}

function Where({ grant, linked, withPerson }: { readonly grant: GrantView; readonly linked: boolean; readonly withPerson: boolean }) {
  const place = (
    <span className="block max-w-full truncate">
      {grant.connectorName} <span className="text-muted">{grant.accountName}</span>
    </span>
  );
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <ConnectorTile connector={grant.connector} small />
      <span className="grid min-w-0 grid-cols-[minmax(0,1fr)] justify-items-start gap-0.5">
        {linked ? <RowLink grant={grant}>{place}</RowLink> : place}
        <span className="text-sm text-muted">{permissionsInWords(grant.permissions)}</span>
        {withPerson ? <ForPerson grant={grant} /> : null}
      </span>
    </span>
  );
}

/** For whom it acts; on its own authority only whose account it is. */
function ForPerson({ grant: { personName, pattern } }: { readonly grant: GrantView }) {
  return (
    <span className="flex max-w-full min-w-0 items-center gap-1.5 text-sm text-muted">
      {pattern === "own" ? "account kept by" : "for"} <Who kind="person" name={personName} />
    </span>
  );
}

/** "ends in 8 hours", or when it ended. */
export function GrantEnd({ grant, now }: { readonly grant: Pick<GrantView, "expiresAt" | "revokedAt">; readonly now: Date }) {
  if (grant.revokedAt) {
    return (
      <>
        revoked <When at={grant.revokedAt} now={now} />
      </>
    );
  }
  return (
    <>
      {grant.expiresAt <= now ? "ended " : "ends "}
      <When at={grant.expiresAt} now={now} />
    </>
  );
}
