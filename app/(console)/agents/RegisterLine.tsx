import { CopyButton } from "@/app/_ui/CopyButton";

/** The same from a terminal. Its secret stays on that machine. */
export function RegisterLine() {
  const line = "valet agents create triage --keep";
  return (
    <span className="inline-flex max-w-full flex-wrap items-center justify-center gap-2">
      <code className="rounded-md border bg-surface px-2.5 py-1.5 font-mono text-xs break-all text-ink select-all">{line}</code>
      <CopyButton text={line} what="the command" />
    </span>
  );
}
