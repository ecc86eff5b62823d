import type { GrantSummary } from "@/lib/grants/preview";
import { Choice } from "./Choice";
import { type Draft, draftPath } from "./draft";

/** Offered only where the service cannot narrow the account's own token, and the person can give a second, smaller consent. */
export function WhoHolds({ draft, summary }: { readonly draft: Draft; readonly summary: GrantSummary }) {
  const { connectorName, separateConsent } = summary;
  const separate = draft.consent === "separate";
  const reads = separateConsent === "read_only" ? " It goes to your organization's second app there, which can only read." : "";
  return (
    <section aria-labelledby="holds" className="grid gap-2">
      <h2 id="holds" className="text-md font-semibold tracking-tight">
        Who holds the agent to it
      </h2>
      <ul className="grid gap-2 sm:grid-cols-2">
        <li>
          <Choice
            href={draftPath({ ...draft, consent: undefined, delivery: undefined }, { review: true })}
            chosen={!separate}
            title="Let Valet's gateway hold it"
          >
            Nothing more to do. Valet checks every call, and the agent never holds a token of {connectorName}.
          </Choice>
        </li>
        <li>
          <Choice
            href={draftPath({ ...draft, consent: "separate", delivery: undefined }, { review: true })}
            chosen={separate}
            title={`Let ${connectorName} hold it`}
          >
            Give a second, smaller consent for this grant alone. {connectorName} itself then refuses more.{reads}
          </Choice>
        </li>
      </ul>
    </section>
  );
}
