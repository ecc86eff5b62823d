import type { LucideIcon } from "lucide-react";
import { cx } from "./cx";

interface Props {
  readonly label: string;
  /** The field it posts. */
  readonly name: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, word: string, icon: LucideIcon])[];
  readonly set: (form: FormData) => Promise<void>;
}

/** One of a few looks of the whole console. Kept in a cookie, so the server draws it at once and nothing flashes. */
export function LookSwitch({ label, name, value, choices, set }: Props) {
  return (
    <form action={set}>
      <fieldset className="flex gap-1 rounded-lg bg-sunken p-1">
        <legend className="sr-only">{label}</legend>
        {choices.map(([choice, word, Icon]) => (
          <button
            key={choice}
            type="submit"
            name={name}
            value={choice}
            aria-pressed={value === choice}
            className={cx(
              "flex min-h-7 flex-1 items-center justify-center gap-1 rounded-md px-1 text-xs font-medium max-md:min-h-10",
              value === choice ? "bg-surface text-ink shadow-low" : "text-muted hover:text-ink",
            )}
          >
            <Icon className="size-3.5" aria-hidden="true" />
            {word}
          </button>
        ))}
      </fieldset>
    </form>
  );
}
