import Link from "next/link";
import { buttonClass } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { cx } from "@/app/_ui/cx";
import { Snippets } from "@/app/_ui/Snippets";
import type { GrantView } from "@/lib/grants/list";
import { agentSnippets, grantSnippets, SECRET_VARIABLE } from "../snippets";
import { tabHref } from "../tabs";

interface Props {
  readonly agentId: string;
  readonly publicUrl: string;
  /** Those that give something now, as far as the reader may see. */
  readonly live: readonly GrantView[];
  /** Which of them the address names. */
  readonly grantId: string | undefined;
}

const OFFERED_MAX = 8;

/** Code to paste: for one grant, or where there is none, to ask what it may do. */
export function Connect({ agentId, publicUrl, live, grantId }: Props) {
  const grant = live.find(({ id }) => id === grantId) ?? live[0];
  const list = grant ? grantSnippets(grant, publicUrl) : agentSnippets(agentId, publicUrl);
  return (
    <Section
      id="connect"
      title={grant ? `Use ${grant.connectorName} as ${grant.accountName}` : "Ask what it may do"}
      lead={`Paste into the agent, with its secret in ${SECRET_VARIABLE}.${grant ? "" : " It works before anything is lent; what was lent then stands in the answer."}`}
    >
      {live.length > 1 ? (
        <nav aria-label="For which grant" className="flex flex-wrap gap-2">
          {live.slice(0, OFFERED_MAX).map((one) => (
            <Link
              key={one.id}
              className={buttonClass("secondary", cx("max-w-full", one === grant && "border-ink"))}
              aria-current={one === grant ? "true" : undefined}
              scroll={false}
              href={`${tabHref(agentId, "connect")}&grant=${one.id}`}
            >
              <span className="truncate">
                {one.connectorName} {one.accountName}, for {one.personName}
              </span>
            </Link>
          ))}
        </nav>
      ) : null}
      <Snippets key={grant?.id ?? "none"} label="Ways to connect" list={list} />
      <ul className="grid gap-1 text-sm text-muted">
        <li>
          TypeScript: <code>@valet/client</code> is the folder <code>client</code> of Valet's source. <code>npm run build</code> there, then{" "}
          <code>npm install</code> with its path.
        </li>
        <li>Python needs nothing but its standard library, curl nothing but sed.</li>
        <li>
          An agent that proves itself by a key or by its platform's token has no secret: <code>@valet/client</code> and the{" "}
          <code>valet</code> command take those too.
        </li>
      </ul>
    </Section>
  );
}
