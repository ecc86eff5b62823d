import { CircleCheck, CircleDashed } from "lucide-react";
import Link from "next/link";
import { Card, Section } from "@/app/_ui/Card";
import type { SetUpSteps } from "@/lib/overview/overview";

const STEPS: readonly (readonly [key: keyof SetUpSteps, words: string, href: string])[] = [
  ["connector", "Switch a connector on", "/admin/connectors"],
  ["people", "Invite somebody", "/admin/people"],
  ["agent", "Register an agent", "/agents/new"],
  ["grant", "Lend a first grant", "/grants/new"],
];

/** What is left to do before the organisation can use Valet; gone once all of it is done. */
export function SetUp({ steps, admin }: { readonly steps: SetUpSteps; readonly admin: boolean }) {
  if (!admin || STEPS.every(([key]) => steps[key])) return null;
  return (
    <Section id="set-up" title="Setting up">
      <Card>
        <ol className="divide-y">
          {STEPS.map(([key, words, href]) => (
            <li key={key} className="flex items-center gap-3 px-4 py-2.5">
              {steps[key] ? (
                <CircleCheck className="size-4 shrink-0 text-ok" aria-hidden="true" />
              ) : (
                <CircleDashed className="size-4 shrink-0 text-faint" aria-hidden="true" />
              )}
              {steps[key] ? (
                <span className="text-muted">
                  {words} <span className="sr-only">(done)</span>
                </span>
              ) : (
                <Link href={href} className="prose-link font-medium">
                  {words}
                </Link>
              )}
            </li>
          ))}
        </ol>
      </Card>
    </Section>
  );
}
