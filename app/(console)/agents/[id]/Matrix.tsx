import Link from "next/link";
import type { ReactNode } from "react";
import { AccessTag } from "@/app/_ui/AccessTag";
import { Card } from "@/app/_ui/Card";
import { ConnectorTile } from "@/app/_ui/ConnectorTile";
import { GrantEnd } from "@/app/_ui/GrantRows";
import { shownState } from "@/app/_ui/grantState";
import { PatternTag } from "@/app/_ui/PatternTag";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who, WhoMark } from "@/app/_ui/Who";
import { permissionsInWords } from "@/app/_ui/words";
import type { GrantView } from "@/lib/grants/list";
import type { OwnAccessView } from "@/lib/platform/ownAccess";

interface Props {
  readonly grants: readonly GrantView[];
  readonly ownAccess: readonly OwnAccessView[];
  readonly now: Date;
}

const CELL = "px-4 py-1 align-top lg:py-3";

const COLUMNS = [
  ["For", "w-[20%]"],
  ["Where", "w-[28%]"],
  ["May", "w-[20%]"],
  ["Until", "w-[14%]"],
  ["Held to it by", "w-[18%]"],
] as const;

/** Who lends it what, where, how far, until when, and who holds it to that: a row for each, stacked on a phone. */
export function Matrix({ grants, ownAccess, now }: Props) {
  return (
    <Card>
      <table className="w-full max-lg:block lg:table-fixed" aria-labelledby="now">
        <thead className="border-b text-left text-sm text-muted max-lg:sr-only">
          <tr>
            {COLUMNS.map(([word, width]) => (
              <th key={word} scope="col" className={`px-4 py-2 font-medium ${width}`}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y max-lg:block">
          {grants.map((grant) => (
            <GrantRow key={grant.id} grant={grant} now={now} />
          ))}
          {ownAccess.map((access) => (
            <OwnRow key={access.id} access={access} now={now} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Row({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  return (
    <tr data-access={id} className="max-lg:grid max-lg:grid-cols-[minmax(0,1fr)] max-lg:py-2">
      {children}
    </tr>
  );
}

function GrantRow({ grant, now }: { readonly grant: GrantView; readonly now: Date }) {
  return (
    <Row id={grant.id}>
      <td className={CELL}>
        <Who kind="person" name={grant.personName} wordless />
        {grant.pattern === "own" ? <span className="block text-sm text-muted">answers for the account</span> : null}
      </td>
      <td className={CELL}>
        <span className="flex min-w-0 items-start gap-2.5">
          <ConnectorTile connector={grant.connector} small />
          <span className="min-w-0">
            <Link href={`/grants/${grant.id}`} className="inline-block min-h-6 rounded font-medium break-words hover:underline">
              {grant.connectorName} <span className="font-normal text-muted">{grant.accountName}</span>
            </Link>
            <span className="block text-sm text-muted">{permissionsInWords(grant.permissions)}</span>
          </span>
        </span>
      </td>
      <td className={CELL}>
        <span className="flex flex-wrap gap-1.5">
          <AccessTag access={grant.access} />
          <PatternTag pattern={grant.pattern} />
          {grant.state === "live" ? null : <Status state={shownState(grant)} />}
        </span>
        {grant.stateSentence ? <span className="mt-1 block text-sm text-muted">{grant.stateSentence}</span> : null}
      </td>
      <td className={CELL}>
        <GrantEnd grant={grant} now={now} />
      </td>
      <td className={CELL}>
        <Holder grant={grant} />
      </td>
    </Row>
  );
}

/** What the column's head says, where rows are stacked. */
function Heading({ children }: { readonly children: ReactNode }) {
  return <span className="text-sm text-muted lg:hidden">{children} </span>;
}

/** Who would refuse what was not lent. */
function Holder({ grant: { narrowedBy, connectorName } }: { readonly grant: GrantView }) {
  const [who, how] = HOLDERS[narrowedBy](connectorName);
  return (
    <>
      <Heading>Held to it by</Heading>
      {who}
      <span className="block text-sm text-muted">{how}</span>
    </>
  );
}

const HOLDERS: Record<GrantView["narrowedBy"], (connector: string) => readonly [who: string, how: string]> = {
  provider: (connector) => [connector, "its token is as narrow as this"],
  consent: (connector) => [connector, "the person gave it no more"],
  gateway: () => ["Valet's gateway", "judges every call"],
};

function OwnRow({ access, now }: { readonly access: OwnAccessView; readonly now: Date }) {
  return (
    <Row id={access.id}>
      <td className={CELL}>
        <span className="inline-flex items-center gap-1.5 font-medium">
          <WhoMark kind="agent" /> Itself
        </span>
      </td>
      <td className={CELL}>
        <span className="font-medium break-words">{access.resourceName}</span>
        <span className="block font-mono text-xs break-all text-muted">{access.resource}</span>
      </td>
      <td className={CELL}>
        <span className="block break-words">{access.scopes.join(", ") || "Whatever the service lets it"}</span>
        <span className="mt-1 inline-block">
          <PatternTag pattern="own" />
        </span>
      </td>
      <td className={CELL}>
        {access.expiresAt ? (
          <>
            ends <When at={access.expiresAt} now={now} />
          </>
        ) : (
          "an admin takes it back"
        )}
      </td>
      <td className={CELL}>
        <Heading>Held to it by</Heading>
        {access.resourceName}
        <span className="block text-sm text-muted">reads Valet's token</span>
      </td>
    </Row>
  );
}
