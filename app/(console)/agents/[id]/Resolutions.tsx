import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { DataList, Datum } from "@/app/_ui/DataList";
import { Disclosure } from "@/app/_ui/Disclosure";
import { PatternTag } from "@/app/_ui/PatternTag";
import { listResolutions } from "@/lib/agents/resolution";
import { findConnector } from "@/lib/connectors/registry";
import type { PersonCtx } from "@/lib/ctx";
import { listConnectors } from "@/lib/setups/list";
import { OrderForm } from "./OrderForm";

interface Props {
  readonly ctx: PersonCtx;
  readonly agentId: string;
  /** Whether this person may say it. */
  readonly runs: boolean;
}

/** Which authority is tried first, and which after it, where the agent names a service instead of a grant. */
export async function Resolutions({ ctx, agentId, runs }: Props) {
  const [set, connectors] = await readForPage(() => Promise.all([listResolutions(ctx, { agentId }), listConnectors(ctx)]));
  const enabled = connectors.filter((one) => one.enabled).map(({ id, name }) => ({ id, name }));
  return (
    <Section
      id="authority"
      title="Whose authority it uses, in order"
      lead="When it names a service instead of a grant. Unless said otherwise a person's, and no other."
    >
      {set.length > 0 ? (
        <Card>
          <DataList>
            {set.map(({ connector, tries }) => (
              <Datum key={connector} name={findConnector(connector)?.name ?? connector}>
                <ol className="flex flex-wrap gap-1.5">
                  {tries.map((pattern) => (
                    <li key={pattern}>
                      <PatternTag pattern={pattern} />
                    </li>
                  ))}
                </ol>
              </Datum>
            ))}
          </DataList>
        </Card>
      ) : null}
      {runs && enabled.length > 0 ? (
        <Disclosure summary="Set the order for a service">
          <OrderForm agentId={agentId} connectors={enabled} />
        </Disclosure>
      ) : null}
    </Section>
  );
}
