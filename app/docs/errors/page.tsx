import type { Metadata } from "next";
import { PageHeader } from "@/app/_ui/PageHeader";
import { type AnswerCode, ERROR_WORDS } from "@/lib/wire/docs/errorWords";
import reasons from "@/lib/wire/docs/reasons.json";
import { ERRORS } from "@/lib/wire/oauthError";
import { STATUS } from "@/lib/wire/problem";

export const metadata: Metadata = { title: "Errors" };

export default function ErrorsPage() {
  return (
    <>
      <PageHeader
        title="Errors"
        lead="One heading per code. A refusal of the REST API and the gateway leads here by its type, one of /oauth by its Link header."
      />
      {(Object.keys(ERROR_WORDS) as AnswerCode[]).map((code) => (
        <OneCode key={code} code={code} />
      ))}
    </>
  );
}

function OneCode({ code }: { readonly code: AnswerCode }) {
  const { means, agent, person } = ERROR_WORDS[code];
  const known: readonly (readonly [reason: string, sentence: string])[] = code === "server_error" ? [] : Object.entries(reasons[code]);
  return (
    <section aria-labelledby={code} className="grid gap-2 border-t pt-5">
      <h2 id={code} className="scroll-mt-6 text-md font-semibold break-words">
        <a href={`#${code}`} className="font-mono hover:underline">
          {code}
        </a>
      </h2>
      <p className="text-sm text-muted">{whereAnswered(code)}</p>
      <p>{means}</p>
      <dl className="grid gap-2 sm:grid-cols-[6rem_minmax(0,1fr)]">
        <dt className="font-medium text-agent">The agent</dt>
        <dd>{agent}</dd>
        <dt className="font-medium text-person">A person</dt>
        <dd>{person}</dd>
      </dl>
      {known.length > 0 ? (
        <details>
          <summary className="inline-flex min-h-6 items-center text-sm font-medium underline underline-offset-3">
            {known.length === 1 ? "1 reason" : `${known.length} reasons`}
          </summary>
          <dl className="mt-2 grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[minmax(0,15rem)_minmax(0,1fr)]">
            {known.map(([reason, sentence]) => (
              <Reason key={reason} id={`${code}.${reason}`} reason={reason} sentence={sentence} />
            ))}
          </dl>
        </details>
      ) : null}
    </section>
  );
}

/** Its sentence as the answer has it; what an answer fills in is an ellipsis. */
function Reason({ id, reason, sentence }: { readonly id: string; readonly reason: string; readonly sentence: string }) {
  return (
    <>
      <dt id={id} className="scroll-mt-6 font-mono text-xs leading-5 break-words">
        {reason}
      </dt>
      <dd className="text-muted">{sentence}</dd>
    </>
  );
}

function whereAnswered(code: AnswerCode): string {
  if (code === "server_error") return "500 everywhere.";
  return `${STATUS[code].status} at the REST API and the gateway. At /oauth: ${ERRORS[code].error}, ${ERRORS[code].status}.`;
}
