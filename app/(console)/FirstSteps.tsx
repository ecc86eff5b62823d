import { CircleCheck, CircleDashed } from "lucide-react";
import { ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";

interface Props {
  readonly done: {
    readonly connected: boolean;
    readonly registered: boolean;
    readonly lent: boolean;
    readonly used: boolean;
    readonly revoked: boolean;
  };
}

/** The way from nothing to a first call, one step at a time. Gone once something was taken back. */
export function FirstSteps({ done }: Props) {
  const steps = [
    {
      done: done.connected,
      title: "Connect an account",
      what: "You choose what Valet may have. Reading is the default.",
      href: "/connections",
      button: "Connect",
    },
    {
      done: done.registered,
      title: "Register an agent",
      what: "A name, a purpose, and a secret that is shown once.",
      href: "/agents/new",
      button: "Register",
    },
    {
      done: done.lent,
      title: "Lend it a part",
      what: "Read-only and for eight hours, unless you say otherwise.",
      href: "/grants/new",
      button: "Lend",
    },
    { done: done.used, title: "Let it call", what: "The grant's page has the code to paste.", href: "/grants", button: "See how" },
    {
      done: done.used,
      title: "See whose hand it was",
      what: "Activity tells you and the agent apart, and on whose authority it acted.",
      href: "/activity?acting=agent",
      button: "Look",
    },
    {
      done: done.revoked,
      title: "Take it back",
      what: "A revoke stops the very next call. So does Pause everything, until you resume.",
      href: "/grants",
      button: "Revoke",
    },
  ];
  const next = steps.findIndex((step) => !step.done);
  return (
    <Section id="first" title="First steps">
      <Card>
        <ol className="divide-y">
          {steps.map((step, index) => (
            <li key={step.title} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-row">
              {step.done ? (
                <CircleCheck className="size-5 shrink-0 text-ok" aria-hidden="true" />
              ) : (
                <CircleDashed className="size-5 shrink-0 text-faint" aria-hidden="true" />
              )}
              <div className="min-w-0 flex-1 basis-56">
                <p className="font-medium">
                  {step.title}
                  {step.done ? <span className="font-normal text-ok"> (done)</span> : null}
                </p>
                <p className="text-sm text-muted">{step.what}</p>
              </div>
              {step.done || index > next + 1 ? null : (
                <ButtonLink look={index === next ? "primary" : "secondary"} href={step.href}>
                  {step.button}
                </ButtonLink>
              )}
            </li>
          ))}
        </ol>
      </Card>
    </Section>
  );
}
