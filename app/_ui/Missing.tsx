import { ButtonLink } from "./Button";
import { Problem } from "./Problem";

/** Not there and not yours look the same. */
export function Missing() {
  return (
    <Problem code="not_found" title="There is nothing here for you" action={<ButtonLink href="/">Go to Home</ButtonLink>}>
      The address may be mistyped, or what it names is gone or belongs to somebody else.
    </Problem>
  );
}
