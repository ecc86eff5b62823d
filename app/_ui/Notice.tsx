import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

export type Tone = "info" | "ok" | "warn" | "danger";

const TONES: Record<Tone, { readonly box: string; readonly icon: typeof Info; readonly color: string }> = {
  info: { box: "border-line bg-sunken", icon: Info, color: "text-muted" },
  ok: { box: "border-ok/25 bg-ok-soft", icon: CircleCheck, color: "text-ok" },
  warn: { box: "border-warn/30 bg-warn-soft", icon: TriangleAlert, color: "text-warn" },
  danger: { box: "border-danger/25 bg-danger-soft", icon: CircleAlert, color: "text-danger" },
};

interface Props {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  /** The one thing to do about it. */
  readonly action?: ReactNode;
  readonly role?: "alert" | "status";
}

/** One thing that a person should know now. */
export function Notice({ tone = "info", title, children, action, role }: Props) {
  const { box, icon: Icon, color } = TONES[tone];
  return (
    <div role={role} className={cx("flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-3.5 py-2.5", box)}>
      <Icon className={cx("mt-0.5 size-4 shrink-0", color)} aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-52 break-words">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className={title ? "text-muted" : undefined}>{children}</div> : null}
      </div>
      {action ? <div className="shrink-0">{action}</div> : null}
    </div>
  );
}
