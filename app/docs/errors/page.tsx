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
  const known: readonly string[] = code === "server_error" ? [] : reasons[code];
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
        <p className="text-sm text-muted">
          Reasons: <span className="font-mono text-xs break-words">{known.join(", ")}</span>
        </p>
      ) : null}
    </section>
  );
}

function whereAnswered(code: AnswerCode): string {
  if (code === "server_error") return "500 everywhere.";
  return `${STATUS[code].status} at the REST API and the gateway. At /oauth: ${ERRORS[code].error}, ${ERRORS[code].status}.`;
}
