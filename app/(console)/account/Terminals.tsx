import { Card } from "@/app/_ui/Card";
import { When } from "@/app/_ui/When";
import type { TerminalSummary } from "@/lib/people/terminals";
import { EndTerminal } from "./buttons";

export function TerminalList({ terminals, now }: { readonly terminals: readonly TerminalSummary[]; readonly now: Date }) {
  if (terminals.length === 0)
    return <p className="text-sm text-muted">None. A terminal that asks shows you a code for the page /device.</p>;
  return (
    <Card>
      <ul className="divide-y">
        {terminals.map(({ id, clientName, scopes, since, lastUsedAt, expiresAt }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium break-words">
                {clientName}
                {scopes.includes("valet:all") ? null : <span className="font-normal text-muted">, can only look</span>}
              </p>
              <p className="text-sm text-muted">
                since <When at={since} now={now} />, used <When at={lastUsedAt} now={now} />, ends <When at={expiresAt} now={now} />
              </p>
            </div>
            <EndTerminal terminalId={id} name={clientName} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
