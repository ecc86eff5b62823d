import Link from "next/link";
import { AccessTag } from "@/app/_ui/AccessTag";
import { Card } from "@/app/_ui/Card";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { shownState } from "@/app/_ui/grantState";
import { PATTERN_WORDS, PatternTag } from "@/app/_ui/PatternTag";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import type { GrantView } from "@/lib/grants/list";
import { DELIVERY_WORDS, NARROWED_WORDS } from "../words";

export function GrantFacts({ grant, now }: { readonly grant: GrantView; readonly now: Date }) {
  return (
    <Card>
      <DataList>
        <Datum name="State">
          <span className="flex flex-wrap gap-1.5">
            <Status state={shownState(grant)} />
            <AccessTag access={grant.access} />
          </span>
        </Datum>
        <Datum name={grant.revokedAt ? "Revoked" : "Ends"}>
          <When at={grant.revokedAt ?? grant.expiresAt} now={now} />
        </Datum>
        <Datum name="Last used">
          <When at={grant.lastUsedAt} now={now} /> <span className="text-muted">({plural(grant.uses, "use")})</span>
        </Datum>
        <Datum name="Agent">
          <Link href={`/agents/${grant.agentId}`} className="prose-link">
            {grant.agentName}
          </Link>
        </Datum>
        <Datum name="Account">
          <Link href={`/connections/${grant.connectionId}`} className="prose-link">
            {grant.connectorName}, {grant.accountName}
          </Link>
        </Datum>
        <Datum name="Authority">
          <PatternTag pattern={grant.pattern} />
          <p className="text-muted">{PATTERN_WORDS[grant.pattern]}</p>
        </Datum>
        <Datum name="Lent by">
          <Who kind="person" name={grant.personName} />
        </Datum>
        <Datum name="Held to it by">{NARROWED_WORDS[grant.narrowedBy]}</Datum>
        {grant.separateConsent ? (
          <Datum name="Consent">
            Its own at {grant.connectorName}
            {grant.separateConsent.registration === "read_only" ? ", to the app there that can only read" : null}
          </Datum>
        ) : null}
        <Datum name="Delivery">{DELIVERY_WORDS[grant.delivery]}</Datum>
        <Datum name="Works at (api_base)">
          <Id>{grant.apiBase}</Id>
        </Datum>
        <Datum name="Grant id">
          <Id>{grant.id}</Id>
        </Datum>
      </DataList>
    </Card>
  );
}
