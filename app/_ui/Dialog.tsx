"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { cx } from "./cx";

/** The box of every dialog. */
export const DIALOG = "rounded-xl border bg-surface text-ink shadow-high";

interface Props {
  readonly label: string;
  readonly close: () => void;
  readonly children: ReactNode;
  readonly className?: string;
}

/**
 * A native dialog that is there while it is rendered: the browser keeps the focus in it, closes it with Esc and gives the focus back.
 * A press beside it closes it too.
 */
export function Dialog({ label, close, children, className }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the browser's own
    <dialog
      ref={dialog}
      aria-label={label}
      onClose={(event) => event.currentTarget.open || close()}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
      className={cx(DIALOG, className)}
    >
      {children}
    </dialog>
  );
}
