/** Valet's mark: two hands of different colour that meet at one point. */
export function Logo({ large }: { readonly large?: boolean }) {
  return (
    <span
      className={
        large
          ? "inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight"
          : "inline-flex items-center gap-2 text-md font-semibold tracking-tight"
      }
    >
      <svg viewBox="0 0 32 32" fill="none" className={large ? "size-8" : "size-6"} aria-hidden="true">
        <rect width="32" height="32" rx="8" className="fill-action" />
        <path d="M8 9.5 13.6 22" strokeWidth="3.4" strokeLinecap="round" className="stroke-person-line" />
        <path d="M24 9.5 18.4 22" strokeWidth="3.4" strokeLinecap="round" className="stroke-agent-line" />
        <circle cx="16" cy="24" r="2.3" className="fill-on-action" />
      </svg>
      Valet
    </span>
  );
}
