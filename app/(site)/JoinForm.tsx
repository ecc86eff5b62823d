import { ActionForm } from "@/app/_ui/ActionForm";
import { ButtonLink } from "@/app/_ui/Button";
import { TextField } from "@/app/_ui/Field";
import { Problem } from "@/app/_ui/Problem";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { join } from "./join";

interface Props {
  readonly token: string;
  /** Null: whoever holds the link says it. */
  readonly email: string | null;
  readonly button: string;
}

export function JoinForm({ token, email, button }: Props) {
  return (
    <ActionForm action={join} hidden={{ token }} className="grid gap-4">
      <TextField label="Your name" name="name" autoComplete="name" required maxLength={80} />
      {email === null ? <TextField label="E-mail" name="email" type="email" autoComplete="username" required /> : null}
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        hint="At least 12 characters. A few words you remember are good."
      />
      <SubmitButton className="min-h-10">{button}</SubmitButton>
    </ActionForm>
  );
}

export function SpentLink() {
  return (
    <Problem code="not_found" title="This link opens nothing any more" action={<ButtonLink href="/sign-in">Go to sign-in</ButtonLink>}>
      It was used, replaced by a newer one, or has ended. Ask an admin for a new invitation; whoever runs this Valet gets a new set-up link
      by starting it again.
    </Problem>
  );
}
