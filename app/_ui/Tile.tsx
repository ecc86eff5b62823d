import { cx } from "./cx";

interface Props {
  readonly letters: string;
  readonly color: string;
  readonly small?: boolean;
}

/** A connector's neutral mark: two letters, no logo of anybody's. The name always stands beside it. */
export function Tile({ letters, color, small }: Props) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        "inline-grid shrink-0 place-items-center rounded-lg border bg-sunken font-semibold text-ink",
        small ? "size-6 rounded-md text-[0.625rem]" : "size-9 text-xs",
      )}
      style={{ boxShadow: `inset 0 -3px 0 ${color}` }}
    >
      {letters}
    </span>
  );
}
