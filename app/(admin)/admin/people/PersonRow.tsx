import Link from "next/link";
import { buttonClass } from "@/app/_ui/Button";
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
            <span className="font-semibold break-words">{name}</span>
            <span className="rounded border px-1 text-xs font-medium text-muted">{role}</span>
            {status === "active" ? null : <Status state={status as State} />}
            {id === me ? <span className="text-sm text-muted">(you)</span> : null}
          </p>
          <p className="text-sm break-all text-muted">{email}</p>
        </div>
        <p className="text-sm text-muted sm:w-64">
          {plural(connections, "account")}, {plural(owned.length, "agent")}, {plural(liveGrants, "live grant")}
          <br />
          signed in <When at={lastSignInAt} now={now} />
        </p>
        <Link href={`/activity?everyone=1&person=${id}`} className={buttonClass("quiet")}>
          Activity<span className="sr-only"> of {name}</span>
        </Link>
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
