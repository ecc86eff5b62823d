import { Monitor, Moon, Sun } from "lucide-react";
import { LookSwitch } from "./LookSwitch";

export type Theme = "system" | "light" | "dark";

const CHOICES = [
  ["system", "System", Monitor],
  ["light", "Light", Sun],
  ["dark", "Dark", Moon],
] as const;

export function ThemeSwitch({ theme, setTheme }: { readonly theme: Theme; readonly setTheme: (form: FormData) => Promise<void> }) {
  return <LookSwitch label="Colours" name="theme" value={theme} choices={CHOICES} set={setTheme} />;
}
