import { type Access, AccessIcon } from "./AccessTag";
import { cx } from "./cx";
import type { Permission } from "./Permissions";

const GROUPS: readonly { readonly access: Access; readonly title: string; readonly hint: string }[] = [
  { access: "read", title: "Read", hint: "Looks, changes nothing" },
  { access: "write", title: "Write", hint: "Can create and change things in your name" },
  { access: "admin", title: "Administer", hint: "Can change settings and who has access" },
];

interface Props {
  readonly list: readonly Permission[];
  /** Names that start out ticked. */
  readonly ticked: readonly string[];
  /** The name they are posted as. */
  readonly name?: string;
}

/** Check boxes for permissions, the harmless ones first. Posts every ticked one under one name. */
export function ScopeChoice({ list, ticked, name: field = "scopes" }: Props) {
  const groups = GROUPS.map((group) => ({ ...group, list: list.filter((one) => one.access === group.access) })).filter(
    (group) => group.list.length > 0,
  );
  return (
    <div className="grid gap-4">
      {groups.map(({ access, title, hint, list: ones }) => (
        <fieldset key={access} className="overflow-hidden rounded-xl border bg-surface">
          <legend className="sr-only">{title}</legend>
          <div aria-hidden="true" className="flex flex-wrap items-center gap-x-2 border-b bg-sunken px-3.5 py-2">
            <AccessIcon access={access} />
            <span className="font-medium">{title}</span>
            <span className="text-sm text-muted">{hint}</span>
          </div>
          <ul className={cx("grid", ones.length > 5 && "md:grid-cols-2")}>
            {ones.map(({ name, label }) => (
              <li key={name}>
                <label className="flex min-h-9 items-start gap-3 px-3.5 py-2 hover:bg-sunken max-md:min-h-11">
                  <input
                    type="checkbox"
                    name={field}
                    value={name}
                    data-access={access}
                    defaultChecked={ticked.includes(name)}
                    className="mt-0.5 size-4 shrink-0"
                  />
                  <span className="min-w-0">
                    <span className="block">{label}</span>
                    <code className="block font-mono text-xs break-all text-faint">{name}</code>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
      ))}
    </div>
  );
}
