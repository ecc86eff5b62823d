import { Monitor, Moon, Sun } from "lucide-react";
import { cx } from "./cx";

export type Theme = "system" | "light" | "dark";

const CHOICES = [
  ["system", "System", Monitor],
  ["light", "Light", Sun],
  ["dark", "Dark", Moon],
] as const;

/** Kept in a cookie, so the server draws the right colours at once and nothing flashes. */
export function ThemeSwitch({ theme, setTheme }: { readonly theme: Theme; readonly setTheme: (form: FormData) => Promise<void> }) {
  return (
    <form action={setTheme}>
      <fieldset className="flex gap-1 rounded-lg bg-sunken p-1">
        <legend className="sr-only">Colours</legend>
        {CHOICES.map(([value, label, Icon]) => (
          <button
            key={value}
            type="submit"
            name="theme"
            value={value}
            aria-pressed={theme === value}
            className={cx(
              "flex min-h-7 flex-1 items-center justify-center gap-1 rounded-md text-xs font-medium max-md:min-h-10",
              theme === value ? "bg-surface text-ink shadow-low" : "text-muted hover:text-ink",
            )}
          >
            <Icon className="size-3.5" aria-hidden="true" />
            {label}
          </button>
        ))}
      </fieldset>
    </form>
  );
}
