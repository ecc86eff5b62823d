import { HandHelping } from "lucide-react";
import { ActivityRows } from "@/app/_ui/ActivityRows";
import { Button, ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { Conditions } from "@/app/_ui/Conditions";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { Disclosure } from "@/app/_ui/Disclosure";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { GrantRows } from "@/app/_ui/GrantRows";
import { KeyList } from "@/app/_ui/KeysDialog";
import { Permissions } from "@/app/_ui/Permissions";
import { Secret } from "@/app/_ui/Secret";
import { Snippets } from "@/app/_ui/Snippets";
import { Rows } from "@/app/(console)/agents/Rows";
import { Sheet, Specimen } from "./Sheet";
import { AGENTS, GRANTS, LONG, NOW, PERMISSIONS, ROWS, USES } from "./samples";

export function Lists() {
  return (
    <>
      <Sheet id="agents" title="Agents">
        <Specimen name="Rows of agents, with actions">
          <Rows agents={AGENTS} uses={USES} now={NOW} actions={() => <Button>Pause</Button>} />
        </Specimen>
        <Specimen name="ExportLink">
          <ExportLink list="agents" words="these agents" />
        </Specimen>
      </Sheet>
      <Sheet id="grants" title="Grants">
        <Specimen name="GrantRows, withPerson">
          <GrantRows grants={GRANTS} now={NOW} withPerson />
        </Specimen>
        <Specimen name="GrantRows, withoutAgent">
          <GrantRows grants={GRANTS.slice(1, 2)} now={NOW} withoutAgent />
        </Specimen>
      </Sheet>
      <Sheet id="activity" title="Activity">
        <Specimen name="ActivityRows">
          <ActivityRows rows={ROWS} now={NOW} empty="" />
        </Specimen>
        <Specimen name="empty">
          <ActivityRows rows={[]} now={NOW} empty="No agent has done anything in your name yet." />
        </Specimen>
      </Sheet>
      <Sheet id="facts" title="Facts">
        <Specimen name="Card, DataList">
          <Card>
            <DataList>
              <Datum name="Owner">Ada Lovelace</Datum>
              <Datum name="Purpose">{LONG}</Datum>
              <Datum name="Id">
                <Id>agt_01hzy0000000000000000000000000000000000000000000000000000000000000000000</Id>
              </Datum>
            </DataList>
          </Card>
        </Specimen>
        <Specimen name="Section, with a lead and an action">
          <Section id="a-part" title="A part" lead="What it is about" actions={<Button>Do it</Button>}>
            <Disclosure summary="Closed">Not seen</Disclosure>
            <Disclosure summary="Open" open>
              Seen
            </Disclosure>
          </Section>
        </Specimen>
        <Specimen name="Permissions">
          <Permissions list={PERMISSIONS} />
        </Specimen>
        <Specimen name="Conditions">
          <Conditions
            list={[
              { claim: "repository_id", equals: "1296269" },
              { claim: "ref", oneOf: ["refs/heads/main", "refs/heads/release"] },
            ]}
            warnings={["Whoever may edit a workflow on these branches is this agent."]}
          />
        </Specimen>
        <Specimen name="Empty">
          <Empty icon={HandHelping} title="No grant is live" action={<ButtonLink href="#facts">New grant</ButtonLink>}>
            Nothing can act for you right now. Lend an agent a part of one of your accounts, for as long as you say.
          </Empty>
        </Specimen>
        <Specimen name="KeyList">
          <div className="max-w-sm">
            <KeyList />
          </div>
        </Specimen>
      </Sheet>
      <Sheet id="secrets" title="Secrets and snippets">
        <Specimen name="Secret">
          <Secret title="Store this secret now" lines={[{ label: "Client secret", value: "an-example-that-opens-nothing-0000" }]}>
            It is shown this once.
          </Secret>
        </Specimen>
        <Specimen name="Snippets">
          <Snippets
            label="Ways to call"
            list={[
              { name: "curl", code: 'curl -H "Authorization: Bearer $TOKEN" https://valet.example.com/proxy/github/user' },
              { name: "env", code: "VALET_URL=https://valet.example.com" },
            ]}
          />
        </Specimen>
      </Sheet>
    </>
  );
}
