import Link from "next/link";
import { cx } from "./cx";

interface Props {
  readonly label: string;
  readonly choices: readonly { readonly href: string; readonly words: string; readonly here: boolean }[];
}

/** A few ways to look at the same page. */
export function ViewSwitch({ label, choices }: Props) {
  return (
    <nav aria-label={label} className="inline-flex justify-self-start rounded-lg bg-sunken p-1">
      {choices.map(({ href, words, here }) => (
        <Link
          key={href}
          href={href}
          aria-current={here ? "true" : undefined}
          className={cx(
            "inline-flex min-h-7 items-center rounded-md px-3 text-sm font-medium max-md:min-h-10",
            here ? "bg-surface text-ink shadow-low" : "text-muted hover:text-ink",
          )}
        >
          {words}
        </Link>
      ))}
    </nav>
  );
}
