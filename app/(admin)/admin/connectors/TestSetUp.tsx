import { CircleCheck, CircleHelp, CircleX } from "lucide-react";
import { ActionForm } from "@/app/_ui/ActionForm";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { When } from "@/app/_ui/When";
import type { ConnectorStatus } from "@/lib/setups/list";
import type { SetUpTest } from "@/lib/setups/test";
import { testSetUpNow } from "./actions";

const ICONS = {
  ok: [CircleCheck, "text-ok", "Right"],
  failed: [CircleX, "text-danger", "Wrong"],
  unsure: [CircleHelp, "text-muted", "Not shown"],
} as const;
const WORDS = {
  ok: "Everything that can be tested without a person is right",
  failed: "Something is wrong",
  unsure: "Nothing is wrong that could be tested, and not everything could",
} as const;

/** Tests what is saved, and shows what the last test found, with its evidence. */
export function TestSetUp({ connector, now }: { readonly connector: ConnectorStatus; readonly now: Date }) {
  const { id, name, setUp } = connector;
  return (
    <section aria-label={`Test of ${name}`} className="grid gap-3 border-t pt-4">
      <ActionForm action={testSetUpNow} hidden={{ connector: id }} label={`Test ${name}`}>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-sm text-muted">
            {setUp?.test ? (
              <>
                Tested <When at={setUp.test.testedAt} now={now} />
              </>
            ) : (
              "Not tested since it was last saved."
            )}
          </p>
          <SubmitButton look="secondary">Test this set-up</SubmitButton>
        </div>
      </ActionForm>
      {setUp?.test ? <Result test={setUp.test} /> : null}
    </section>
  );
}

function Result({ test }: { readonly test: SetUpTest }) {
  return (
    <div className="grid gap-2 text-sm" role="status">
      <p className="font-medium">{WORDS[test.outcome]}</p>
      <ul className="grid gap-1">
        {test.checks.map(({ outcome, sentence }) => {
          const [Icon, color, word] = ICONS[outcome];
          return (
            <li key={sentence} className="flex items-start gap-2">
              <Icon className={`mt-0.5 size-4 shrink-0 ${color}`} aria-hidden="true" />
              <span className="min-w-0 break-words">
                <span className="sr-only">{word}: </span>
                {sentence}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="text-muted">
        Only a person who connects shows whether this redirect URI is registered there:{" "}
        <code className="font-mono text-xs break-all">{test.redirectUri}</code>
      </p>
    </div>
  );
}
