import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { Confirm } from "@/app/_ui/Confirm";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { Disclosure } from "@/app/_ui/Disclosure";
import { Notice } from "@/app/_ui/Notice";
import { Saved } from "@/app/_ui/Saved";
import { type State, Status } from "@/app/_ui/Status";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import type { IssuerView } from "@/lib/trust/list";
import { AddRule, type AgentChoice } from "./AddRule";
import { removeTrust, switchOff, switchOn, testIssuer } from "./actions";
import { KINDS, SOURCE_TOLD } from "./kinds";

const STATES: Readonly<Record<IssuerView["state"], readonly [State, string]>> = {
  healthy: ["healthy", "Healthy"],
  failing: ["blocked", "Keys not fetched"],
  no_keys: ["refused", "No keys"],
  disabled: ["disabled", "Switched off"],
};

interface Props {
  readonly issuer: IssuerView;
  readonly agents: readonly AgentChoice[];
  readonly admin: boolean;
  readonly now: Date;
}

/** One issuer: how its keys are, what rests on it, and what can be done about it. */
export function IssuerCard({ issuer, agents, admin, now }: Props) {
  const { id, kind, name, state } = issuer;
  const [look, word] = STATES[state];
  return (
    <Card>
      <div className="flex items-start gap-3 border-b p-4">
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold break-words">{name}</h3>
          <p className="text-sm break-all text-muted">
            {KINDS[kind].name}: {issuer.issuer}
          </p>
        </div>
        <Status state={look} word={word} />
      </div>
      <Health issuer={issuer} now={now} />
      <Facts issuer={issuer} now={now} />
      {admin ? (
        <div className="grid gap-3 border-t px-4 py-3">
          <Disclosure
            summary={
              <>
                Add a rule <span className="sr-only">for {name}</span>
              </>
            }
          >
            <AddRule issuer={{ id, kind, name, issuer: issuer.issuer }} agents={agents} />
          </Disclosure>
          <Buttons issuer={issuer} />
        </div>
      ) : null}
    </Card>
  );
}

function Health({ issuer: { failure, state, fetchedAt }, now }: { readonly issuer: IssuerView; readonly now: Date }) {
  if (failure) {
    return (
      <div className="px-4 pt-3">
        <Notice tone={state === "no_keys" ? "danger" : "warn"} title={failure.sentence}>
          Tried <When at={failure.at} now={now} />.{" "}
          {state === "no_keys" ? (
            "Until its keys are here, its tokens prove nobody."
          ) : (
            <>
              The keys of <When at={fetchedAt} now={now} /> still count.
            </>
          )}
        </Notice>
      </div>
    );
  }
  if (state !== "no_keys") return null;
  return (
    <div className="px-4 pt-3">
      <Notice tone="danger" title="Its bundle has no key for tokens">
        The trust domain is revoked, or has none yet. Its workloads prove nobody.
      </Notice>
    </div>
  );
}

function Facts({ issuer, now }: { readonly issuer: IssuerView; readonly now: Date }) {
  const { keysFrom, keysAt, kids, fetchedAt, audiences, rules, sequence } = issuer;
  return (
    <DataList>
      <Datum name="Keys">
        {kids.length === 0 ? (
          "None"
        ) : (
          <span className="flex flex-wrap gap-x-3">
            {kids.map((kid) => (
              <Id key={kid}>{kid.slice(0, 80)}</Id>
            ))}
          </span>
        )}
      </Datum>
      <Datum name={SOURCE_TOLD[keysFrom]}>
        {keysAt ? (
          <>
            <Id>{keysAt}</Id>,{" "}
          </>
        ) : null}
        <When at={fetchedAt} now={now} />
        {sequence === null ? null : `, bundle ${sequence}`}
      </Datum>
      <Datum name="Tokens are made for">
        <Id>{audiences[0]}</Id>
      </Datum>
      <Datum name="Rules">{rules === 0 ? "None: it proves nobody" : plural(rules, "rule")}</Datum>
    </DataList>
  );
}

function Buttons({ issuer: { id: issuerId, name, state, keysFrom, rules } }: { readonly issuer: IssuerView }) {
  const hidden = { issuerId };
  return (
    <div className="flex flex-wrap items-center gap-2">
      {keysFrom === "inline" ? null : (
        <ActionForm action={testIssuer} hidden={hidden} label={`Test ${name}`} className="flex items-center gap-2">
          <SubmitButton look="secondary">
            Test<span className="sr-only"> {name}</span>
          </SubmitButton>
          <Saved words="Looked" />
        </ActionForm>
      )}
      {state === "disabled" ? (
        <ActionForm action={switchOn} hidden={hidden}>
          <SubmitButton look="secondary">
            Switch on<span className="sr-only"> {name}</span>
          </SubmitButton>
        </ActionForm>
      ) : (
        <Confirm
          trigger="Switch off"
          look="secondary"
          confirm="Yes, switch off"
          title={`Switch ${name} off?`}
          action={switchOff}
          hidden={hidden}
        >
          <p>From the next token on it proves nobody: {plural(rules, "rule")} stop. They come back when it is switched on.</p>
        </Confirm>
      )}
      {rules > 0 ? null : (
        <Confirm trigger="Remove" confirm="Yes, remove" title={`Stop trusting ${name}?`} action={removeTrust} hidden={hidden}>
          <p>No rule rests on it, so no agent stops.</p>
        </Confirm>
      )}
    </div>
  );
}
