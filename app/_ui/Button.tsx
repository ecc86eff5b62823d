import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger" | "danger-quiet";

const BASE =
  "inline-flex min-h-control shrink-0 items-center justify-center gap-1.5 rounded-md border px-3 py-1 text-sm font-medium whitespace-nowrap transition-colors select-none disabled:opacity-60 aria-disabled:opacity-60 max-md:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0";

const LOOKS: Record<ButtonLook, string> = {
  primary: "border-transparent bg-action text-on-action shadow-low hover:bg-action-hover",
  secondary: "border-line bg-surface text-ink shadow-low hover:bg-sunken hover:border-line-strong",
  quiet: "border-transparent text-muted hover:bg-sunken hover:text-ink",
  danger: "border-transparent bg-danger-solid text-white shadow-low hover:opacity-90",
  "danger-quiet": "border-line bg-surface text-danger shadow-low hover:bg-danger-soft hover:border-danger",
};

/** How everything looks that does something when pressed. */
export function buttonClass(look: ButtonLook = "secondary", extra?: string): string {
  return cx(BASE, LOOKS[look], extra);
}

interface Look {
  readonly look?: ButtonLook;
  readonly children: ReactNode;
}

export function Button({ look, className, type = "button", ...rest }: ComponentProps<"button"> & Look) {
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}

/** A link that leads to doing something, drawn as a button. */
export function ButtonLink({ look, className, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link className={buttonClass(look, className)} {...rest} />;
}
