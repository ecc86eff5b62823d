const STEPS = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [30, "day"],
  [12, "month"],
  [Number.POSITIVE_INFINITY, "year"],
] as const;

/** "just now", "3 minutes ago", "in 8 hours". */
export function inWords(moment: Date, now: Date): string {
  const seconds = Math.round((moment.getTime() - now.getTime()) / 1000);
  if (Math.abs(seconds) < 10) return seconds <= 0 ? "just now" : "in a moment";
  let amount = Math.abs(seconds);
  for (const [size, unit] of STEPS) {
    if (Math.round(amount) < size) return say(Math.round(amount), unit, seconds > 0);
    amount /= size;
  }
  return "";
}

function say(amount: number, unit: string, ahead: boolean): string {
  const words = `${amount} ${unit}${amount === 1 ? "" : "s"}`;
  return ahead ? `in ${words}` : `${words} ago`;
}
