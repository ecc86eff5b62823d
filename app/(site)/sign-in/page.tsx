import { ArrowRight } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getCore } from "@/app/_server/core";
import { DEMO_PEOPLE } from "@/app/_server/demoPeople";
import { ownPath } from "@/app/_server/ownPath";
import { findPerson } from "@/app/_server/person";
import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { TextField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { signInAsDemo, signInByPassword } from "./actions";
import { readProblem } from "./problems";

export const metadata: Metadata = { title: "Sign in" };

interface Props {
  readonly searchParams: Promise<{ next?: string | string[]; error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { next, error } = await searchParams;
  const to = ownPath(next);
  if (await findPerson()) redirect(to);
  const { demo, oidc } = (await getCore()).settings;
  const problem = readProblem(error);
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Sign in</h1>
      {problem ? (
        <div className="grid gap-1">
          <Notice tone={problem.code === "ended" ? "info" : "danger"} role="alert">
            {problem.sentence}
          </Notice>
          <p className="px-1 font-mono text-xs text-faint">{problem.code}</p>
        </div>
      ) : null}
      {oidc ? (
        <a href={`/sign-in/sso?next=${encodeURIComponent(to)}`} className={buttonClass("primary", "min-h-10 w-full")}>
          Continue with {oidc.name}
        </a>
      ) : null}
      {demo ? <DemoChoice to={to} /> : null}
      {demo || oidc ? (
        <p className="flex items-center gap-3 text-sm text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          or with a password
        </p>
      ) : null}
      <ActionForm action={signInByPassword} hidden={{ next: to }} className="grid gap-4">
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <SubmitButton look={demo || oidc ? "secondary" : "primary"} className="min-h-10">
          Sign in
        </SubmitButton>
      </ActionForm>
      <p className="text-sm text-muted">
        No account yet, or it does not let you in any more? Ask an admin of this Valet: they invite people, and let back in whom they
        suspended.
      </p>
      <a href="/docs" className="prose-link inline-flex min-h-6 items-center justify-self-start text-sm text-muted">
        Documentation
      </a>
    </>
  );
}

function DemoChoice({ to }: { readonly to: string }) {
  return (
    <div className="grid gap-2">
      {DEMO_PEOPLE.map(({ email, label, what }) => (
        <ActionForm key={email} action={signInAsDemo} hidden={{ email, next: to }}>
          <button
            type="submit"
            className="flex w-full items-center justify-between gap-3 rounded-lg border bg-surface px-4 py-3 text-left shadow-low hover:border-line-strong hover:bg-sunken"
          >
            <span>
              <span className="block font-medium">{label}</span>
              <span className="block text-sm text-muted">{what}</span>
            </span>
            <ArrowRight className="size-4 text-muted" aria-hidden="true" />
          </button>
        </ActionForm>
      ))}
    </div>
  );
}
