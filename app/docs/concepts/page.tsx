import type { Metadata } from "next";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Code } from "../Code";
import { Picture } from "./Picture";

export const metadata: Metadata = { title: "Concepts" };

export default function ConceptsPage() {
  return (
    <>
      <PageHeader
        title="Concepts"
        lead="A person lends an agent a narrower key, the broker turns it, and the ledger says whose hand it was in."
      />
      <Section title="Person and agent" id="person">
        <p>
          A person has accounts at SaaS. An agent is software with a name, an owner and a proof of its own. Blue is a person, orange an
          agent.
        </p>
        <p>A connection is one account of a person. Valet keeps its tokens sealed, and no agent ever sees them.</p>
      </Section>
      <Section title="Grant" id="grant">
        <Picture
          label="A person lends a grant to an agent"
          steps={[
            ["Ada", "person"],
            ["Grant: read issues", "none"],
            ["Triage", "agent"],
          ]}
        />
        <p>A grant is the part of a connection that one agent may use until a set time: permissions, single resources, limits.</p>
        <p>
          The agent exchanges it for access that ends within the hour. Direct access is the SaaS's own token; other access works at the
          gateway.
        </p>
      </Section>
      <Section title="Chain" id="chain">
        <Picture
          label="A person's grant goes through two agents"
          steps={[
            ["Ada", "person"],
            ["On-call", "agent"],
            ["Investigator", "agent"],
          ]}
        />
        <p>An agent hands work on to another where the person agreed. Each hop has the same or less, and every row names them all.</p>
        <Code id="handOn" />
      </Section>
    </>
  );
}
