"use client";

import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { useFormStatus } from "react-dom";
import { type ButtonLook, buttonClass } from "./Button";

interface Props {
  readonly look?: ButtonLook;
  readonly children: ReactNode;
  readonly className?: string;
  /** Something under way that its form does not know of. */
  readonly busy?: boolean;
  /** Two buttons in one form: which one was pressed. */
  readonly name?: string;
  readonly value?: string;
}

/** Sends its form once: while the answer is under way it says so and takes no second press. */
export function SubmitButton({ look = "primary", children, className, name, value, busy = false }: Props) {
  const pending = useFormStatus().pending || busy;
  return (
    <button
      type="submit"
      name={name}
      value={value}
      className={buttonClass(look, className)}
      aria-disabled={pending}
      onClick={(event) => pending && event.preventDefault()}
    >
      {pending ? <LoaderCircle className="motion-safe:animate-spin" aria-hidden="true" /> : null}
      {children}
    </button>
  );
}
