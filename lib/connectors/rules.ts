import type { Rule } from "./connector";

/** One rule per path, all for the same methods. A rule for GET covers HEAD. */
export function rules(methods: readonly string[], ...paths: string[]): Rule[] {
  return paths.map((path) => ({ methods, path }));
}

/** Methods of a JSON-RPC endpoint, by name. */
export const rpc = (path: string, ...names: string[]): Rule[] => [{ methods: ["POST"], path, rpc: names }];

export const reads = (...paths: string[]): Rule[] => rules(["GET"], ...paths);
export const posts = (...paths: string[]): Rule[] => rules(["POST"], ...paths);
