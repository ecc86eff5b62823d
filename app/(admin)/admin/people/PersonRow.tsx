import Link from "next/link";
import type { ReactNode } from "react";
import { Disclosure } from "@/app/_ui/Disclosure";
import { type State, Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { WhoMark } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import type { PersonSummary } from "@/lib/people/list";
import { ManagePerson } from "./ManagePerson";

interface Props {
  readonly person: PersonSummary;
  readonly admin: boolean;
  readonly me: string;
  readonly now: Date;
}

export function PersonRow({ person, admin, me, now }: Props) {
  const { id, name, email, role, status, owned, connections, liveGrants, lastSignInAt } = person;
  return (
    <li className="px-4 py-row">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <WhoMark kind="person" large />
        <div className="min-w-0 flex-1 basis-52">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Link href={`/admin/people/${id}`} className="min-w-0 rounded font-semibold break-words hover:underline">
              {name}
            </Link>
            <span className="rounded border px-1 text-xs font-medium text-muted">{role}</span>
            {status === "active" ? null : <Status state={status as State} />}
            {id === me ? <span className="text-sm text-muted">(you)</span> : null}
          </p>
          <p className="text-sm break-all text-muted">{email}</p>
        </div>
        <div className="grid gap-0.5 text-sm text-muted sm:w-72">
          <p className="flex flex-wrap gap-x-3">
            <Count count={connections} one="account" href={`/admin/people/${id}#accounts`} of={name} />
            <Count count={owned.length} one="agent" href={`/admin/people/${id}#agents`} of={name} />
            <Count count={liveGrants} one="live grant" href={`/admin/access?person=${id}`} of={name} />
          </p>
          <p className="flex flex-wrap gap-x-3">
            <span className="inline-flex min-h-6 items-center">
              <span>
                signed in <When at={lastSignInAt} now={now} />
              </span>
            </span>
            <Quiet href={`/activity?everyone=1&person=${id}`}>
              Activity<span className="sr-only"> of {name}</span>
            </Quiet>
          </p>
        </div>
      </div>
      {admin ? (
        <Disclosure
          summary={
            <>
              Manage <span className="sr-only">{name}</span>
            </>
          }
        >
          <ManagePerson person={{ id, name, role, status, owned, connections, liveGrants }} />
        </Disclosure>
      ) : null}
    </li>
  );
}

interface CountProps {
  readonly count: number;
  readonly one: string;
  readonly href: string;
  readonly of: string;
}

/** How many, and the list behind it. Nothing leads to an empty one. */
function Count({ count, one, href, of }: CountProps) {
  const words = plural(count, one);
  if (count === 0) return <span className="inline-flex min-h-6 items-center">{words}</span>;
  return (
    <Quiet href={href}>
      {words}
      <span className="sr-only"> of {of}</span>
    </Quiet>
  );
}

function Quiet({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className="prose-link inline-flex min-h-6 items-center rounded">
      {children}
    </Link>
  );
}
