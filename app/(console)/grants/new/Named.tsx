import type { Resource } from "@/lib/connectors/listing";

/** A thing as people know it, and beside that how it is kept, where the two are not the same. */
export function Named({ id, label }: Resource) {
  return (
    <>
      <span className="min-w-0 truncate">{label}</span>
      {label === id ? null : <code className="min-w-0 shrink-9 truncate text-xs text-muted">{id}</code>}
    </>
  );
}
