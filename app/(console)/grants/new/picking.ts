/** Where a key leads in a list; null for a key that moves nothing. */
export function moved(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  const now = Math.min(at, count - 1);
  switch (key) {
    case "ArrowDown":
      return (now + 1) % count;
    case "ArrowUp":
      return (now + count - 1) % count;
    case "PageDown":
      return Math.min(now + PAGE, count - 1);
    case "PageUp":
      return Math.max(now - PAGE, 0);
    default:
      return null;
  }
}

const PAGE = 7;
