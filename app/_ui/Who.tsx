import { Bot, Cog, UserRound } from "lucide-react";
import { cx } from "./cx";

export type Kind = "person" | "agent" | "system";

/** Round for people, square for agents: shape says it too, for whoever cannot tell the colours. */
const KINDS = {
  person: { word: "Person", icon: UserRound, shape: "rounded-full", color: "bg-person-soft text-person border-person-line" },
  agent: { word: "Agent", icon: Bot, shape: "rounded-[5px]", color: "bg-agent-soft text-agent border-agent-line" },
  system: { word: "Valet", icon: Cog, shape: "rounded-[5px]", color: "bg-sunken text-muted border-line" },
} as const;

interface Props {
  readonly kind: Kind;
  readonly name: string;
  /** Leaves the word away where a heading or column already says it. It stays for screen readers. */
  readonly wordless?: boolean;
  readonly className?: string;
}

/** Somebody who acts, told apart by colour, shape, icon and word. */
export function Who({ kind, name, wordless, className }: Props) {
  const { word, color } = KINDS[kind];
  return (
    <span className={cx("inline-flex min-w-0 max-w-full items-center gap-1.5", className)}>
      <WhoMark kind={kind} />
      <span className="min-w-0 truncate font-medium">{name}</span>
      <span className={wordless ? "sr-only" : cx("rounded border px-1 text-xs font-medium", color)}>{word}</span>
    </span>
  );
}

export function WhoMark({ kind, large }: { readonly kind: Kind; readonly large?: boolean }) {
  const { icon: Icon, shape, color } = KINDS[kind];
  return (
    <span
      aria-hidden="true"
      className={cx(
        "inline-grid shrink-0 place-items-center border",
        large ? "size-9" : "size-5",
        large && kind !== "person" ? "rounded-lg" : shape,
        color,
      )}
    >
      <Icon className={large ? "size-5" : "size-3"} />
    </span>
  );
}
