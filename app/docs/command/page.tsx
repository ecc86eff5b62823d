import type { Metadata } from "next";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";
import commands from "@/lib/wire/docs/commands.json";
import { Code } from "../Code";

export const metadata: Metadata = { title: "Command and client" };

const EXITS = [
  ["0", "done"],
  ["1", "it failed"],
  ["2", "wrong usage"],
  ["3", "somebody has to say yes, log in, or reconnect an account"],
  ["4", "Valet said no"],
  ["other", "valet run passes on the code of its program"],
] as const;

type Command = (typeof commands)[number];

function OneCommand({ name, usage, does, takes }: Command) {
  const id = name.replaceAll(" ", "-");
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-xl border bg-surface p-4">
      <h3 id={id} className="scroll-mt-6 font-mono text-sm font-semibold break-words">
        <a href={`#${id}`} className="hover:underline">
          {name}
        </a>
      </h3>
      <p className="break-words">{does}</p>
      <p className="font-mono text-xs break-words text-muted">{usage}</p>
      {takes.length > 0 ? (
        <dl className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1 text-sm sm:grid-cols-[minmax(0,14rem)_minmax(0,1fr)]">
          {takes.map(({ term, says }) => (
            <div key={term} className="contents">
              <dt className="font-mono text-xs leading-5 break-words">{term}</dt>
              <dd className="mb-1 break-words text-muted sm:mb-0">{says}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </li>
  );
}

export default function CommandPage() {
  return (
    <>
      <PageHeader title="Command and client" lead="valet is for terminals, @valet/client for programs. Both read the same variables." />
      <Section title="Install" id="install">
        <p>
          In a clone of Valet, after npm ci: <code className="font-mono text-xs">npm i -g ./cli</code>, or{" "}
          <code className="font-mono text-xs">npx ./cli</code> without installing. What <code className="font-mono text-xs">npm pack</code>{" "}
          makes in its folder installs anywhere. It needs Node 20.12 or newer, and VALET_URL, which is this Valet's address.
        </p>
      </Section>
      <Section title="Run a program as an agent" id="run">
        <Code id="command" />
      </Section>
      <Section title="Exit codes" id="exits">
        <dl className="grid grid-cols-[4rem_minmax(0,1fr)] gap-1">
          {EXITS.map(([code, words]) => (
            <div key={code} className="contents">
              <dt className="font-mono">{code}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Commands" id="commands" lead="Each also takes --json, --url and --help. The data is on stdout, all talk on stderr.">
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-3">
          {commands.map((command) => (
            <OneCommand key={command.name} {...command} />
          ))}
        </ul>
      </Section>
      <Section title="As a person" id="person" lead="With an API token from your Account page, or a code at /device.">
        <Code id="terminal" />
        <Code id="grantsOfPerson" />
      </Section>
    </>
  );
}
