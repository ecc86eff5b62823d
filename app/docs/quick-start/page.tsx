import type { Metadata } from "next";
import Link from "next/link";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Code } from "../Code";

export const metadata: Metadata = { title: "Quick start" };

export default function QuickStartPage() {
  return (
    <>
      <PageHeader
        title="Quick start"
        lead="A person lends, an agent uses. Two lines change in an agent that has a personal access token today."
      />
      <Section title="The person" id="person">
        <ol className="grid list-decimal gap-1 pl-5">
          <li>Connect your account under Connections. You agree at the SaaS itself.</li>
          <li>Register the agent under Agents. Its secret is shown once; give it to the agent's environment.</li>
          <li>Lend a part of the account: choose the permissions and the end. Read-only is where the form begins.</li>
          <li>Every use is under Activity. Take the grant back on its page, and the next call is refused.</li>
        </ol>
      </Section>
      <Section title="The agent" id="agent">
        <p>The grant's page has these lines filled in. Here they call Demo Tracker, the pretend SaaS of the demo.</p>
        <Code id="variables" />
        <Code id="access" />
        <Code id="exchange" />
        <Code id="call" />
        <Code id="byConnector" />
      </Section>
      <Section title="In your language" id="languages">
        <Code id="typescript" />
        <Code id="python" />
        <p>
          A package of the SaaS's own needs the base URL and the token: see{" "}
          <Link href="/docs/connectors" className="prose-link">
            its connector's page
          </Link>
          .
        </p>
      </Section>
      <Section title="When it is refused" id="refused">
        <p>
          Nothing is sent to the SaaS. The answer says why, what to do next, and has a link to a form that is filled in.{" "}
          <Link href="/docs/errors" className="prose-link">
            All codes
          </Link>
          .
        </p>
        <Code id="refused" />
        <Code id="giveBack" />
      </Section>
      <p className="text-sm text-muted">
        An agent that can read finds all of this at{" "}
        <a href="/SKILL.md" className="prose-link">
          /SKILL.md
        </a>{" "}
        and{" "}
        <a href="/llms.txt" className="prose-link">
          /llms.txt
        </a>
        .
      </p>
    </>
  );
}
