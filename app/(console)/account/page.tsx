import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Card, Section } from "@/app/_ui/Card";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { PageHeader } from "@/app/_ui/PageHeader";
import { When } from "@/app/_ui/When";
import { WhoMark } from "@/app/_ui/Who";
import { listPersonalTokens, type PersonalTokenSummary } from "@/lib/people/personalTokens";
import { listTerminals } from "@/lib/people/terminals";
import { EndAllSessions, RevokeToken } from "./buttons";
import { CreateToken } from "./CreateToken";
import { TerminalList } from "./Terminals";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const ctx = await requirePerson();
  const [tokens, terminals] = await readForPage(() => Promise.all([listPersonalTokens(ctx), listTerminals(ctx)]));
  const { name, email, role, personId } = ctx.actor;
  return (
    <>
      <PageHeader title="Account" lead={name} mark={<WhoMark kind="person" large />} />
      <Section id="you" title="You">
        <Card>
          <DataList>
            <Datum name="E-mail">{email}</Datum>
            <Datum name="Role">{role}</Datum>
            <Datum name="Id">
              <Id>{personId}</Id>
            </Datum>
          </DataList>
        </Card>
      </Section>
      <Section id="tokens" title="API tokens" lead="For your own scripts. What is done with one shows in Activity as you, a person.">
        <TokenList tokens={tokens} now={ctx.clock.now()} />
        <CreateToken />
      </Section>
      <Section id="terminals" title="Signed-in terminals" lead="Programs of your own that you let in. Each acts as you.">
        <TerminalList terminals={terminals} now={ctx.clock.now()} />
      </Section>
      <Section id="sessions" title="Sessions" lead="Ends every browser session and terminal of yours, this one too. API tokens stay.">
        <div>
          <EndAllSessions />
        </div>
      </Section>
    </>
  );
}

function TokenList({ tokens, now }: { readonly tokens: readonly PersonalTokenSummary[]; readonly now: Date }) {
  if (tokens.length === 0) return null;
  return (
    <Card>
      <ul className="divide-y">
        {tokens.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium break-words">{token.name}</p>
              <p className="text-sm text-muted">
                <span className="font-mono text-xs">vlt_pat_…{token.lastFour}</span>, ends <When at={token.expiresAt} now={now} />, used{" "}
                <When at={token.lastUsedAt} now={now} />
              </p>
            </div>
            <RevokeToken tokenId={token.id} name={token.name} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
