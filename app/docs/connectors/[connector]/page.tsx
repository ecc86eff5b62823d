import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getCore } from "@/app/_server/core";
import { AccessTag } from "@/app/_ui/AccessTag";
import { Section } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { CopyButton } from "@/app/_ui/CopyButton";
import { PageHeader } from "@/app/_ui/PageHeader";
import type { Connector, ConnectorScope } from "@/lib/connectors/connector";
import { findConnector } from "@/lib/connectors/registry";
import { anyClient, DROP_INS } from "../../dropIns";
import { enforcement, ruleInWords } from "./words";

interface Props {
  readonly params: Promise<{ connector: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: findConnector((await params).connector)?.name ?? "Not there" };
}

export default async function ConnectorPage({ params }: Props) {
  const connector = findConnector((await params).connector);
  if (!connector) notFound();
  const { id, name, summary, scopes } = connector;
  const { publicUrl } = (await getCore()).settings;
  return (
    <>
      <PageHeader
        title={name}
        lead={summary}
        mark={<ConnectorTile connector={id} />}
        back={{ href: "/docs/connectors", label: "Connectors" }}
      />
      <Section title="How an agent is held to its grant" id="held">
        {enforcement(connector).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </Section>
      <Section title="What changes in the program" id="program">
        <p>
          The gateway's address is <code className="font-mono text-xs break-all">{`${publicUrl}/proxy/${id}`}</code>. It takes the SaaS's
          own paths.
        </p>
        <Changed connector={connector} publicUrl={publicUrl} />
      </Section>
      <Section title="Permissions" id="permissions" lead="What each opens at the gateway. What none of the lent ones opens is refused.">
        <ul className="grid gap-3">
          {scopes
            .filter(({ protocol }) => !protocol)
            .map((scope) => (
              <Permission key={scope.name} scope={scope} />
            ))}
        </ul>
      </Section>
      <Refused connector={connector} />
      <Kept connector={connector} />
    </>
  );
}

/** A line per package that is known to work, and what any other client does. */
function Changed({ connector, publicUrl }: { readonly connector: Connector; readonly publicUrl: string }) {
  const lines = [...(DROP_INS[connector.id] ?? []), { of: "Any client with a base URL", line: anyClient(connector) }];
  return (
    <ul className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {lines
        .map(({ of, line }) => ({ of, line: line.replaceAll("VALET", publicUrl) }))
        .map(({ of, line }) => (
          <li key={line} className="grid gap-1 rounded-lg border bg-surface px-3 py-2">
            <div className="flex items-center justify-between gap-3 text-sm text-muted">
              {of}
              <CopyButton text={line} what={`the line for ${of}`} />
            </div>
            <code className="font-mono text-xs break-words">{line}</code>
          </li>
        ))}
    </ul>
  );
}

function Permission({ scope }: { readonly scope: ConnectorScope }) {
  return (
    <li className="grid gap-1.5 rounded-xl border bg-surface p-3">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium">{scope.label}</h3>
        <AccessTag access={scope.access} />
      </div>
      <p className="text-sm text-muted">
        <code className="font-mono text-xs break-all">{scope.name}</code>
        {scope.virtual ? ", Valet's own: the gateway alone holds an agent to it" : ""}
      </p>
      {scope.opens.length > 0 ? (
        <details>
          <summary className="inline-flex min-h-6 items-center text-sm font-medium underline underline-offset-3">
            Calls it opens ({scope.opens.length})
          </summary>
          <ul className="grid gap-0.5 pt-1">
            {scope.opens.map(ruleInWords).map((words) => (
              <li key={words} className="font-mono text-xs break-all">
                {words}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </li>
  );
}

function Refused({ connector: { exceptions } }: { readonly connector: Connector }) {
  if (exceptions.length === 0) return null;
  return (
    <Section title="Refused whatever is lent" id="refused">
      <ul className="grid gap-2">
        {exceptions.map(({ methods, path, why }) => (
          <li key={`${methods} ${path}`}>
            <code className="font-mono text-xs break-all">
              {methods.join(", ")} {path}
            </code>
            <p className="text-sm text-muted">{why}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Kept({ connector: { resources = [] } }: { readonly connector: Connector }) {
  return (
    <Section title="What a grant can be kept to" id="kept" lead="Besides its permissions: calls in an hour, changes in a run.">
      <ul className="grid gap-1">
        {resources.map(({ id, label, example }) => (
          <li key={id}>
            {label}, such as <code className="font-mono text-xs break-all">{example}</code>
          </li>
        ))}
      </ul>
    </Section>
  );
}
