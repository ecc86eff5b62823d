import { findConnector } from "@/lib/connectors/registry";
import { Tile } from "./Tile";

/** The mark of a connector by its id. */
export function ConnectorTile({ connector, small }: { readonly connector: string; readonly small?: boolean }) {
  const { letters, color } = findConnector(connector)?.tile ?? { letters: "?", color: "gray" };
  return <Tile letters={letters} color={color} small={small ?? false} />;
}
