import { type Access, AccessIcon } from "./AccessTag";

export interface Permission {
  readonly name: string;
  readonly label: string;
  readonly access: Access;
}

const GROUPS: readonly (readonly [Access, string])[] = [
  ["read", "Can read"],
  ["write", "Can change"],
  ["admin", "Can administer"],
];

/** Permissions in plain words, grouped by how far they reach; the raw scope stands small beside each. */
export function Permissions({ list }: { readonly list: readonly Permission[] }) {
  return (
    <div className="grid gap-4">
      {GROUPS.filter(([access]) => list.some((one) => one.access === access)).map(([access, words]) => (
        <div key={access}>
          <h3 className="mb-1.5 text-sm font-medium text-muted">{words}</h3>
          <ul className="grid gap-1">
            {list
              .filter((one) => one.access === access)
              .map((one) => (
                <li key={one.name} className="flex flex-wrap items-center gap-x-2">
                  <AccessIcon access={access} />
                  <span>{one.label}</span>
                  <code className="font-mono text-xs break-all text-faint">{one.name}</code>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
