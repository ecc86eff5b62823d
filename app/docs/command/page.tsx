import type { Metadata } from "next";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Code } from "../Code";

export const metadata: Metadata = { title: "Command and client" };

const EXITS = [
  ["0", "done"],
  ["1", "it failed"],
  ["2", "wrong usage"],
  ["3", "somebody has to say yes, log in, or reconnect an account"],
  ["4", "Valet said no"],
] as const;

export default function CommandPage() {
  return (
    <>
      <PageHeader title="Command and client" lead="valet is for terminals, @valet/client for programs. Both read the same variables." />
      <Section title="Run a program as an agent" id="run">
        <Code id="command" />
      </Section>
      <Section title="Exit codes" id="exits">
        <dl className="grid grid-cols-[2rem_minmax(0,1fr)] gap-1">
          {EXITS.map(([code, words]) => (
            <div key={code} className="contents">
              <dt className="font-mono">{code}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="As a person" id="person" lead="With an API token from your Account page, or a code at /device.">
        <Code id="terminal" />
        <Code id="grantsOfPerson" />
      </Section>
    </>
  );
}
