import { Plus } from "lucide-react";
import { ButtonLink } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { Status } from "@/app/_ui/Status";
import { Tile } from "@/app/_ui/Tile";
import type { ConnectorStatus } from "@/lib/setups/list";

export function ConnectorCard({ connector, admin }: { readonly connector: ConnectorStatus; readonly admin: boolean }) {
  const { id, name, summary, tile, enabled } = connector;
  return (
    <Card className="flex h-full flex-col gap-3 p-4">
      <div className="flex flex-1 items-start gap-3">
        <Tile {...tile} />
        <div className="min-w-0">
          <h3 className="font-semibold">{name}</h3>
          <p className="text-sm text-muted">{summary}</p>
        </div>
      </div>
      <div className="flex min-h-8 items-center justify-between gap-2">
        {enabled ? (
          <ButtonLink href={`/connections/new?connector=${id}`}>
            <Plus aria-hidden="true" />
            Connect <span className="sr-only">{name}</span>
          </ButtonLink>
        ) : (
          <>
            <Status state="disabled" />
            {admin ? (
              <ButtonLink look="quiet" href={`/admin/connectors?open=${id}#${id}`}>
                Set up <span className="sr-only">{name}</span>
              </ButtonLink>
            ) : (
              <span className="text-sm text-muted">Ask an admin</span>
            )}
          </>
        )}
      </div>
    </Card>
  );
}
