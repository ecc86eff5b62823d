"use client";

import { createContext, type ReactNode, useActionState, useContext, useEffect, useRef } from "react";
import { type FormAction, type FormState, IDLE } from "./formState";
import { Notice } from "./Notice";

const FormContext = createContext<FormState>(IDLE);

/** What the form around this field was answered. */
export function useFormState(): FormState {
  return useContext(FormContext);
}

interface Props<T> {
  readonly action: FormAction<T>;
  readonly children: ReactNode;
  readonly className?: string;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Shown instead of the form once it is done. */
  readonly done?: ((result: T) => ReactNode) | undefined;
  /** What it was answered before it is sent anew. */
  readonly start?: FormState<T>;
  /** Names the form for people who cannot see what is around it. */
  readonly label?: string;
}

/**
 * A form over a server action. Works before scripts arrive: the server then answers with the same page and the same state.
 * A refusal shows above the fields and takes the focus.
 */
export function ActionForm<T>({ action, children, className, hidden = {}, done, start = IDLE as FormState<T>, label }: Props<T>) {
  const [state, send] = useActionState<FormState<T>, FormData>(action, start);
  if (state.status === "done" && done) return <>{done(state.result)}</>;
  return (
    <FormContext value={state}>
      <form action={send} className={className} aria-label={label}>
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <Refused state={state} fresh={state !== start} />
        {children}
      </form>
    </FormContext>
  );
}

/** Takes the focus when it is news. */
function Refused({ state, fresh }: { readonly state: FormState; readonly fresh: boolean }) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.status === "refused" && fresh) notice.current?.focus();
  }, [state, fresh]);
  if (state.status !== "refused") return null;
  return (
    <div ref={notice} tabIndex={-1} className="mb-4 rounded-lg">
      <Notice tone="danger" role="alert">
        {state.message}
        {state.next ? <> {state.next}</> : null}
      </Notice>
    </div>
  );
}
