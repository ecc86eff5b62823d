import type { Metadata } from "next";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";

export const metadata: Metadata = { title: "Security model" };

const PROMISES = [
  "An agent gets no more than the grant, and a grant no more than the connection, whatever is asked.",
  "A token that is wider than the grant, without an end, or outliving the grant is never handed out.",
  "No token leaves without its row of activity. If the row cannot be written, nothing leaves.",
  "An exchange or call that is not admitted before a revoke has returned is refused.",
  "What the gateway's rules do not open never reaches the SaaS; unknown calls are refused.",
  "The caller's credentials never go up, and the account's token never comes down.",
  "Nothing that is handed on is wider than what it came from, however deep the chain.",
  "Secrets are shown once and stored as hashes. A sealed value opens only in its own table, row and column.",
  "Somebody else's records look exactly like absent ones.",
] as const;

export default function SecurityPage() {
  return (
    <>
      <PageHeader
        title="Security model"
        lead="What Valet promises. SECURITY.md in the source names the test that holds each, and what is not protected."
      />
      <Section title="Promises" id="promises">
        <ul className="grid list-disc gap-2 pl-5">
          {PROMISES.map((promise) => (
            <li key={promise}>{promise}</li>
          ))}
        </ul>
      </Section>
      <Section title="What an agent should know" id="agents">
        <p>A direct token that was handed out works at the SaaS until it ends or is ended there; the gateway's stops with the next call.</p>
        <p>An agent with a key of its own gets tokens bound to it (DPoP): stolen, they are worthless.</p>
      </Section>
    </>
  );
}
