"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";
import { ActionForm, useFormState } from "./ActionForm";
import { type ButtonLook, buttonClass } from "./Button";
import { cx } from "./cx";
import { DIALOG } from "./Dialog";
import type { FormAction } from "./formState";
import { SubmitButton } from "./SubmitButton";

interface Props<T> {
  /** On the button that opens it. */
  readonly trigger: string;
  /** On pages with many: says which one, for screen readers. */
  readonly named?: string;
  readonly look?: ButtonLook;
  readonly title: string;
  /** What happens, with numbers. */
  readonly children: ReactNode;
  /** On the button that does it. */
  readonly confirm: string;
  readonly action: FormAction<T>;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Of that button; without it, of something that cannot be taken back. */
  readonly confirmLook?: ButtonLook;
}

/**
 * Asks once more before something that cannot be taken back. A native dialog opened by its button's `command`, so it opens
 * without scripts; the click handler serves browsers that do not know that attribute yet.
 */
export function Confirm<T>({
  trigger,
  named,
  look = "danger-quiet",
  title,
  children,
  confirm,
  action,
  hidden,
  confirmLook = "danger",
}: Props<T>) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className={buttonClass(look)}
        aria-haspopup="dialog"
        {...opens(id)}
        onClick={() => knowsCommands() || dialog.current?.showModal()}
      >
        <span>
          {trigger}
          {named ? <span className="sr-only"> {named}</span> : null}
        </span>
      </button>
      <dialog ref={dialog} id={id} aria-labelledby={`${id}-title`} className={cx(DIALOG, "m-auto w-[min(30rem,calc(100vw-2rem))] p-5")}>
        <ActionForm action={action} hidden={hidden ?? {}} className="grid gap-4">
          <h2 id={`${id}-title`} className="text-lg font-semibold tracking-tight">
            {title}
          </h2>
          <div className="grid gap-2 text-muted">{children}</div>
          <div className="flex flex-wrap justify-end gap-2">
            <button
              type="button"
              className={buttonClass("secondary")}
              {...closes(id)}
              onClick={() => knowsCommands() || dialog.current?.close()}
            >
              Cancel
            </button>
            <SubmitButton look={confirmLook}>{confirm}</SubmitButton>
          </div>
          <CloseWhenDone dialog={dialog} />
        </ActionForm>
      </dialog>
    </>
  );
}

function CloseWhenDone({ dialog }: { readonly dialog: React.RefObject<HTMLDialogElement | null> }) {
  const state = useFormState();
  useEffect(() => {
    if (state.status === "done") dialog.current?.close();
  }, [state, dialog]);
  return null;
}

function knowsCommands(): boolean {
  return "commandForElement" in HTMLButtonElement.prototype;
}

function opens(id: string) {
  return { command: "show-modal", commandfor: id };
}

function closes(id: string) {
  return { command: "close", commandfor: id };
}
