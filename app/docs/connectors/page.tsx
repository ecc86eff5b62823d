import type { Metadata } from "next";
import Link from "next/link";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { PageHeader } from "@/app/_ui/PageHeader";
import { connectors } from "@/lib/connectors/registry";

export const metadata: Metadata = { title: "Connectors" };

export default function ConnectorsPage() {
  return (
    <>
      <PageHeader
        title="Connectors"
        lead="What Valet knows of each SaaS. Which of them are switched on here, and with what, only people who sign in see."
      />
      <ul className="grid gap-2 sm:grid-cols-2">
        {connectors.map(({ id, name, summary }) => (
          <li key={id} className="flex gap-3 rounded-xl border bg-surface p-3">
            <ConnectorTile connector={id} />
            <div className="min-w-0">
              <Link href={`/docs/connectors/${id}`} className="prose-link font-medium">
                {name}
              </Link>
              <p className="text-sm text-muted">{summary}</p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
