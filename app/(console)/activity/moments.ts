const DAY_SECONDS = 86_400;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Moments on an axis and in a filter, in UTC: the reader's own zone is not known where they are written. */
export function dayWords(moment: Date): string {
  return `${moment.getUTCDate()} ${MONTHS[moment.getUTCMonth()]}`;
}

function timeWords(moment: Date): string {
  const text = moment.toISOString();
  return moment.getUTCSeconds() > 0 ? text.slice(11, 19) : text.slice(11, 16);
}

export function isMidnight(moment: Date): boolean {
  return moment.getTime() % (DAY_SECONDS * 1000) === 0;
}

/** What stands below a bar: as much of the moment as tells it from its neighbours. */
export function tickWords(moment: Date, barSeconds: number): string {
  if (barSeconds >= 91 * DAY_SECONDS) return `${MONTHS[moment.getUTCMonth()]} ${moment.getUTCFullYear()}`;
  return barSeconds >= DAY_SECONDS || isMidnight(moment) ? dayWords(moment) : timeWords(moment);
}

/** "25 Nov, 10:30", with its year where that is not this one. */
export function momentWords(moment: Date, now: Date): string {
  const year = moment.getUTCFullYear() === now.getUTCFullYear() ? "" : ` ${moment.getUTCFullYear()}`;
  return isMidnight(moment) ? `${dayWords(moment)}${year}` : `${dayWords(moment)}${year}, ${timeWords(moment)}`;
}

const MINUTE = 60_000;

function minuteOf(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / MINUTE) * MINUTE);
}

/** "25 Nov, 10:30 to 11:00", "24 to 26 Nov": whole days are told by their first and last, seconds only where they matter. */
export function spanOfTime(begins: Date, ends: Date, now: Date): string {
  const [from, to] = ends.getTime() - begins.getTime() < MINUTE ? [begins, ends] : [minuteOf(begins), minuteOf(ends)];
  if (isMidnight(from) && isMidnight(to)) {
    const last = new Date(to.getTime() - DAY_SECONDS * 1000);
    return last <= from ? momentWords(from, now) : `${momentWords(from, now)} to ${momentWords(last, now)}`;
  }
  const sameDay = from.toISOString().slice(0, 10) === to.toISOString().slice(0, 10);
  const begin = isMidnight(from) ? `${momentWords(from, now)}, 00:00` : momentWords(from, now);
  return `${begin} to ${sameDay ? timeWords(to) : isMidnight(to) ? `${momentWords(to, now)}, 00:00` : momentWords(to, now)}`;
}
