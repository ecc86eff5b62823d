import { Eye, Pencil, ShieldAlert } from "lucide-react";
import { cx } from "./cx";
import { Tag } from "./Tag";

export type Access = "read" | "write" | "admin";

const LEVELS = {
  read: { word: "Read-only", icon: Eye, color: "text-muted border-line" },
  write: { word: "Can write", icon: Pencil, color: "text-ink border-line-strong" },
  admin: { word: "Can administer", icon: ShieldAlert, color: "text-danger border-danger/40" },
} as const;

/** How far an access reaches, in two words. */
export function AccessTag({ access }: { readonly access: Access }) {
  const { word, icon, color } = LEVELS[access];
  return (
    <Tag icon={icon} className={color} outlined>
      {word}
    </Tag>
  );
}

/** The same in an icon alone, where the heading says the word. */
export function AccessIcon({ access }: { readonly access: Access }) {
  const { icon: Icon, color } = LEVELS[access];
  return <Icon className={cx("size-4 shrink-0", color)} aria-hidden="true" />;
}
