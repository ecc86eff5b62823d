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
          A person has accounts at SaaS. An agent is software with a name, an owner and a proof of its own. Everywhere in Valet a person is
          blue and round, an agent orange and square.
        </p>
        <Picture
          label="Without Valet, Ada pastes her own token into the agent Triage, and the SaaS sees Ada in all that Triage does."
          steps={[
            { kind: "person", words: "Ada" },
            { kind: "agent", words: "Triage", more: "holds Ada's whole token", by: "pastes a token" },
            { kind: "account", words: "GitHub", more: "its log says: Ada", by: "may do everything" },
          ]}
        />
      </Section>
      <Section title="Connection" id="connection">
        <p>A connection is one account of a person. Valet keeps its tokens sealed, and no agent ever sees them.</p>
        <Picture
          label="Ada agrees at GitHub itself, and Valet keeps the tokens of her account, sealed."
          steps={[
            { kind: "person", words: "Ada" },
            { kind: "account", words: "GitHub", more: "asks Ada", by: "agrees there" },
            { kind: "valet", words: "Connection", more: "tokens, sealed in Valet", by: "OAuth" },
          ]}
        />
      </Section>
      <Section title="Grant" id="grant">
        <p>A grant is the part of a connection that one agent may use until a set time: permissions, single resources, limits.</p>
        <Picture
          label="Out of Ada's connection, which can read and write, a grant lends the agent Triage reading issues for eight hours."
          steps={[
            { kind: "person", words: "Ada's connection", more: "reads, writes, deletes" },
            { kind: "valet", words: "Grant", more: "read issues, 8 hours", by: "lends a part" },
            { kind: "agent", words: "Triage", more: "one named agent", by: "to" },
          ]}
        />
      </Section>
      <Section title="Access" id="access">
        <p>
          The agent exchanges its grant for access that ends within the hour. Direct access is the SaaS's own token, where the SaaS itself
          made it as narrow as the grant. Other access works at the gateway alone, which judges every call.
        </p>
        <Picture
          label="Direct: the agent gets a narrow token that GitHub made, and calls GitHub itself."
          steps={[
            { kind: "agent", words: "Triage" },
            { kind: "account", words: "GitHub", more: "made the token narrow", by: "direct" },
          ]}
        />
        <Picture
          label="Gateway: the agent calls Valet, which judges the call and passes on to GitHub what the grant opens."
          steps={[
            { kind: "agent", words: "Triage" },
            { kind: "valet", words: "Gateway", more: "refuses what was not lent", by: "every call" },
            { kind: "account", words: "GitHub", more: "sees only that", by: "what the grant opens" },
          ]}
        />
      </Section>
      <Section title="Chain" id="chain">
        <p>An agent hands work on to another where the person agreed. Each hop has the same or less, and every row names them all.</p>
        <Picture
          label="Ada's grant goes to the agent On-call, which hands a smaller part of it on to the agent Investigator."
          steps={[
            { kind: "person", words: "Ada" },
            { kind: "agent", words: "On-call", more: "read issues, 8 hours", by: "lends" },
            { kind: "agent", words: "Investigator", more: "20 calls, one hour", by: "hands on less" },
          ]}
        />
        <Code id="handOn" />
      </Section>
      <Section title="Activity" id="activity">
        <p>
          Every change and every use, allowed or refused, is one row: whose hand it was in, on whose authority, through which chain, and by
          which rule. No access leaves before its row is written.
        </p>
      </Section>
    </>
  );
}
