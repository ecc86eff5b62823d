/** What the REST API answers, as far as it is shown here. */
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
}

export interface List<T> {
  readonly data: readonly T[];
  readonly next_cursor?: string | null;
}

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly owner_name: string;
  readonly status: string;
  readonly live_grants: number;
  readonly last_used_at: string | null;
  /** On registering alone. */
  readonly client_id?: string;
  readonly client_secret?: string;
}

export interface ConnectionRow {
  readonly id: string;
  readonly connector: string;
  readonly account_name: string;
  readonly status: string;
  readonly permissions: readonly PermissionRow[];
}

export interface PermissionRow {
  readonly name: string;
  readonly label: string;
  readonly access: string;
}

export interface ConnectorRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface GrantRow {
  readonly id: string;
  readonly agent_id: string;
  readonly agent_name: string;
  readonly connector: string;
  readonly account_name: string;
  readonly scopes: readonly string[];
  readonly access: string;
  readonly delivery: string;
  readonly bounds: Bounds | null;
  readonly rules: readonly string[];
  readonly api_base: string;
  readonly expires_at: string;
  readonly state: string;
  readonly state_sentence: string | null;
  readonly last_used_at: string | null;
  readonly uses: number;
  readonly lent_tokens?: readonly LentTokenRow[];
  readonly self_test?: { readonly outcome: string } | null;
}

export interface LentTokenRow {
  readonly state: string;
  readonly sentence?: string;
}

export interface Bounds {
  readonly resources?: Readonly<Record<string, readonly string[]>>;
  readonly calls_per_hour?: number;
  readonly writes_per_run?: number;
}

export interface Preview {
  readonly agent_name: string;
  readonly agent_purpose: string;
  readonly agent_owner_name: string;
  readonly connector_name: string;
  readonly account_name: string;
  readonly sentence: string;
  readonly permissions: readonly PermissionRow[];
  readonly bounds: readonly string[];
  readonly delivery: string;
  readonly enforcement: string;
  readonly expires_at: string;
}

export interface ActivityRow {
  readonly id: string;
  readonly at: string;
  readonly words: string;
  readonly acting: string;
  readonly person: { readonly name: string } | null;
  readonly agent: { readonly name: string } | null;
  readonly connector: string | null;
  readonly target: string;
  readonly decision: string;
  readonly reason: string;
}
