"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { useFormState } from "./ActionForm";
import { cx } from "./cx";

export const CONTROL =
  "w-full min-h-input rounded-md border border-line-strong bg-surface px-2.5 py-1.5 text-base text-ink placeholder:text-faint max-md:min-h-11 max-md:text-md aria-invalid:border-danger aria-invalid:bg-danger-soft";

interface Around {
  readonly label: string;
  readonly name: string;
  readonly hint?: ReactNode;
  readonly optional?: boolean;
}

/** A text field with its label, its hint and, after a refusal, what is wrong with it. */
export function TextField({ label, name, hint, optional, className, defaultValue, ...rest }: Around & ComponentProps<"input">) {
  const field = useField(name, hint);
  return (
    <Frame {...field} {...{ label, hint, optional }}>
      <input {...field.control} name={name} className={cx(CONTROL, className)} defaultValue={field.typed ?? defaultValue} {...rest} />
    </Frame>
  );
}

export function TextArea({ label, name, hint, optional, defaultValue, ...rest }: Around & ComponentProps<"textarea">) {
  const field = useField(name, hint);
  return (
    <Frame {...field} {...{ label, hint, optional }}>
      <textarea {...field.control} name={name} rows={3} className={CONTROL} defaultValue={field.typed ?? defaultValue} {...rest} />
    </Frame>
  );
}

export function SelectField({ label, name, hint, optional, defaultValue, children, ...rest }: Around & ComponentProps<"select">) {
  const field = useField(name, hint);
  return (
    <Frame {...field} {...{ label, hint, optional }}>
      <select key={field.typed} {...field.control} name={name} className={CONTROL} defaultValue={field.typed ?? defaultValue} {...rest}>
        {children}
      </select>
    </Frame>
  );
}

function useField(name: string, hint: ReactNode) {
  const id = useId();
  const state = useFormState();
  const error = state.status === "refused" ? state.fields[name] : undefined;
  const typed = state.status === "refused" ? state.values[name] : undefined;
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return { id, error, typed, control: { id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined } };
}

interface FrameProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly optional?: boolean | undefined;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

function Frame({ id, label, hint, optional, error, children }: FrameProps) {
  return (
    <div className="grid gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {optional ? <span className="text-xs text-faint">Optional</span> : null}
      </div>
      {children}
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-sm font-medium text-danger">
          {error}
        </p>
      ) : null}
    </div>
  );
}
