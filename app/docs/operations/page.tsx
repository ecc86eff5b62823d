import type { Metadata } from "next";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Code } from "../Code";

export const metadata: Metadata = { title: "Operations" };

export default function OperationsPage() {
  return (
    <>
      <PageHeader
        title="Operations"
        lead="One web process and one PostgreSQL. Settings are environment variables; a bad one stops the start and says the fix."
      />
      <Section title="Deploy" id="deploy">
        <p>Start with npm start behind TLS. Set VALET_PUBLIC_URL to the https origin, DATABASE_URL to your PostgreSQL, and VALET_KEYS.</p>
      </Section>
      <Section title="Back up and restore" id="backup">
        <p>Back up the database. Keep VALET_KEYS apart from it: one without the other opens nothing, and neither can be made again.</p>
      </Section>
      <Section title="Upgrade" id="upgrade">
        <p>Back up, replace the program, start. Migrations run at start, one process at a time.</p>
      </Section>
      <Section title="Rotate keys" id="keys">
        <p>
          Put a new key first in VALET_KEYS and keep the old ones behind it, so that what they sealed still opens. Signing keys rotate by
          themselves.
        </p>
      </Section>
      <Section title="Scale out" id="scale">
        <p>Start more processes on the same database with the same keys. Revokes and limits hold across them.</p>
      </Section>
      <Section title="Health, metrics and alerts" id="metrics">
        <p>
          /healthz says that the process is alive, /readyz that its database answers. Prometheus reads /metrics with VALET_METRICS_TOKEN.
        </p>
        <Code id="ready" />
        <Code id="metrics" />
        <p>Watch refusals in valet_uses_total, failures in valet_refreshes_total, and queries that wait in valet_database_waiting.</p>
      </Section>
    </>
  );
}
