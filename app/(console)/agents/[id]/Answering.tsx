import { ActionForm } from "@/app/_ui/ActionForm";
import { Card, Section } from "@/app/_ui/Card";
import { DataList, Datum } from "@/app/_ui/DataList";
import { Disclosure } from "@/app/_ui/Disclosure";
import { TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { isState, Status } from "@/app/_ui/Status";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { Who } from "@/app/_ui/Who";
import type { AgentSummary } from "@/lib/agents/list";
import { clearAnswering, nameAnswering } from "../actions";

interface Props {
  readonly agent: AgentSummary;
  /** Whether whoever looks may change it. */
  readonly runs: boolean;
}

/** Owner, second owner and sponsor; for those who may, the forms to name others. */
export function Answering({ agent, runs }: Props) {
  return (
    <Section
      id="answering"
      title="Who answers for it"
      lead="Either owner may change and stop it, and it stands while one of them is here. A sponsor may look."
    >
      <Card>
        <DataList>
          <Datum name="Owner">
            <Person name={agent.ownerName} status={agent.ownerStatus} />
          </Datum>
          <Datum name="Second owner">
            <Person name={agent.secondOwnerName} status={agent.secondOwnerStatus} />
          </Datum>
          <Datum name="Sponsor">
            <Person name={agent.sponsorName} status={null} />
          </Datum>
        </DataList>
      </Card>
      {runs ? (
        <Disclosure summary={agent.orphaned ? "Give it an owner" : "Change who answers for it"} open={agent.orphaned}>
          <div className="grid max-w-2xl gap-6">
            <Name
              agent={agent}
              part="owner"
              label={agent.orphaned ? "New owner's e-mail" : "Hand it to, by e-mail"}
              button={agent.orphaned ? "Give it this owner" : "Hand it over"}
              hint="They may do with it all that its owner may now. Its secret and what was lent to it stay: let them give it a new secret."
            />
            <Name
              agent={agent}
              part="secondOwner"
              label="Second owner's e-mail"
              button="Name second owner"
              hint="They may do all that the owner may, and the agent goes on with them when the owner leaves."
              clear={agent.secondOwnerId ? "Clear second owner" : null}
            />
            <Name
              agent={agent}
              part="sponsor"
              label="Sponsor's e-mail"
              button="Name sponsor"
              hint="They answer for why the agent exists. They see all of it and change nothing."
              clear={agent.sponsorId ? "Clear sponsor" : null}
            />
          </div>
        </Disclosure>
      ) : null}
    </Section>
  );
}

function Person({ name, status }: { readonly name: string | null; readonly status: string | null }) {
  if (name === null) return <span className="text-faint">nobody</span>;
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-x-2 gap-y-1">
      <Who kind="person" name={name} />
      {status && status !== "active" && isState(status) ? <Status state={status} /> : null}
    </span>
  );
}

interface NameProps {
  readonly agent: AgentSummary;
  readonly part: "owner" | "secondOwner" | "sponsor";
  readonly label: string;
  readonly button: string;
  readonly hint: string;
  readonly clear?: string | null;
}

function Name({ agent, part, label, button, hint, clear }: NameProps) {
  return (
    <div className="grid gap-2">
      <ActionForm action={nameAnswering} hidden={{ agentId: agent.id }} className="grid gap-2" label={button}>
        <TextField label={label} name={part} type="email" required autoComplete="off" hint={hint} />
        <div className="flex items-center gap-3">
          <SubmitButton look="secondary">{button}</SubmitButton>
          <Saved />
        </div>
      </ActionForm>
      {clear ? (
        <ActionForm action={clearAnswering} hidden={{ agentId: agent.id, part }} label={clear}>
          <SubmitButton look="quiet">{clear}</SubmitButton>
        </ActionForm>
      ) : null}
    </div>
  );
}
