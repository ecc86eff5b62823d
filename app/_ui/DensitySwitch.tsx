import { Rows3, Rows4 } from "lucide-react";
import { LookSwitch } from "./LookSwitch";

export type Density = "comfortable" | "compact";

const CHOICES = [
  ["comfortable", "Comfortable", Rows3],
  ["compact", "Compact", Rows4],
] as const;

interface Props {
  readonly density: Density;
  readonly setDensity: (form: FormData) => Promise<void>;
}

/** How much stands on one screen. */
export function DensitySwitch({ density, setDensity }: Props) {
  return <LookSwitch label="Density" name="density" value={density} choices={CHOICES} set={setDensity} />;
}
