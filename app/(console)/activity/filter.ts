import { queryOf, type Shown } from "@/lib/activity/address";

/** The address of these filters, and of whatever else is to be open. */
export function activityPath(shown: Shown, more: Readonly<Record<string, string | undefined>> = {}): string {
  const query = queryOf(shown, more);
  return query ? `/activity?${query}` : "/activity";
}

/** The same without some of the filters. */
export function pathWithout(shown: Shown, names: readonly string[], more: Readonly<Record<string, string | undefined>> = {}): string {
  return activityPath(Object.fromEntries(Object.entries(shown).filter(([name]) => !names.includes(name))), more);
}

/** Where the same rows are told as they come in. */
export function livePath(shown: Shown): string {
  return activityPath(shown).replace("/activity", "/activity/live");
}

/** The address of the same rows as a file. */
export function exportPath(shown: Shown, format: string): string {
  const [path, query] = activityPath(shown, { format }).split("?");
  return `${path}/export?${query}`;
}

/** Whether anything but whose rows was chosen. */
export function isFiltered(shown: Shown): boolean {
  return Object.keys(shown).some((name) => name !== "everyone");
}

/** The link of a row, which the focus comes back to. */
export function rowElementId(rowId: string): string {
  return `row-${rowId}`;
}
