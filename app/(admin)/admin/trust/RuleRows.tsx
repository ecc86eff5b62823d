import Link from "next/link";
import { Card } from "@/app/_ui/Card";
import { Conditions } from "@/app/_ui/Conditions";
import { Confirm } from "@/app/_ui/Confirm";
import { When } from "@/app/_ui/When";
import { WhoMark } from "@/app/_ui/Who";
import type { TrustRule } from "@/lib/agents/listTrustRules";
import { removeRule } from "./actions";

interface Props {
  readonly rules: readonly TrustRule[];
  readonly admin: boolean;
  readonly now: Date;
}

/** Rules with the agent that each proves. */
export function RuleRows({ rules, admin, now }: Props) {
  if (rules.length === 0) return <p className="text-muted">None yet.</p>;
  return (
    <Card>
      <ul className="divide-y">
        {rules.map((rule) => (
          <li key={rule.credentialId} className="grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-row">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <WhoMark kind="agent" large />
              <div className="min-w-0 flex-1 basis-52">
                <p className="font-semibold break-words">
                  <Link href={`/agents/${rule.agentId}`} className="rounded hover:underline">
                    {rule.agentName}
                  </Link>
                </p>
                <p className="text-sm break-words text-muted">
                  {rule.name}, by {rule.issuerName}
                  {rule.issuerDisabled ? " (switched off)" : ""}
                </p>
              </div>
              <p className="text-sm text-muted">
                used <When at={rule.lastUsedAt} now={now} />
              </p>
              {admin ? (
                <Confirm
                  trigger="Remove rule"
                  confirm="Yes, remove"
                  title={`Remove ${rule.name}?`}
                  action={removeRule}
                  hidden={{ agentId: rule.agentId, credentialId: rule.credentialId }}
                >
                  <p>
                    From the next token on, this workload is {rule.agentName} no more. Access that it already holds stays until it ends.
                  </p>
                </Confirm>
              ) : null}
            </div>
            <Conditions list={rule.conditions} warnings={rule.warnings} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
