"use client";

import { Confirm } from "@/app/_ui/Confirm";
import type { ShrinkOffer } from "@/lib/grants/usage";
import { narrow } from "../actions";

interface Props {
  readonly grantId: string;
  readonly agentName: string;
  readonly shrink: ShrinkOffer;
}

/** Shows the difference first: what the grant keeps, and what it loses from its next call on. */
export function Narrow({ grantId, agentName, shrink }: Props) {
  return (
    <Confirm
      trigger="Narrow to what was used"
      look="primary"
      title={`Narrow the grant to ${agentName}?`}
      confirm="Yes, narrow it"
      action={narrow}
      hidden={{ grantId }}
    >
      <p>From its next call on. It cannot be widened again; you can lend anew.</p>
      <Labels title="It keeps" labels={shrink.keeps.map(({ label }) => label)} />
      <Labels title="It loses" labels={shrink.loses.map(({ label }) => label)} />
      {shrink.keeps.map(({ name }) => (
        <input key={name} type="hidden" name="scopes" value={name} />
      ))}
    </Confirm>
  );
}

function Labels({ title, labels }: { readonly title: string; readonly labels: readonly string[] }) {
  return (
    <div>
      <h3 className="font-medium text-ink">{title}</h3>
      <ul aria-label={title} className="list-inside list-disc">
        {labels.map((label) => (
          <li key={label}>{label}</li>
        ))}
      </ul>
    </div>
  );
}
