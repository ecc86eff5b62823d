import type { KeySource } from "@/lib/trust/issuer";
import type { IssuerKind } from "@/lib/trust/rules";

/** One claim that a form asks for by name. */
export interface ClaimField {
  readonly claim: string;
  readonly label: string;
  readonly hint?: string;
  readonly required?: true;
}

export interface KindWords {
  readonly name: string;
  /** What it is and where the token comes from, for whoever has not met it. */
  readonly about: string;
  readonly issuer: { readonly label: string; readonly hint: string; readonly usual: string };
  readonly claims: readonly ClaimField[];
}

/** What each kind of issuer is called and asked for. What it must be is checked in lib/trust. */
export const KINDS: Readonly<Record<IssuerKind, KindWords>> = {
  github_actions: {
    name: "GitHub Actions",
    about: "A workflow asks GitHub for a token of its own run. It needs the permission id-token: write, and no secret in the repository.",
    issuer: {
      label: "Issuer",
      hint: "GitHub Enterprise Server has its own: https://HOST/_services/token",
      usual: "https://token.actions.githubusercontent.com",
    },
    claims: [
      { claim: "repository_id", label: "Repository id", required: true, hint: "A number: gh api repos/OWNER/NAME --jq .id" },
      { claim: "repository_owner_id", label: "Owner id", required: true, hint: "A number: gh api repos/OWNER/NAME --jq .owner.id" },
      { claim: "environment", label: "Environment", hint: "Such as production: its protection rules then guard the agent too." },
      { claim: "ref", label: "Ref", hint: "refs/heads/main, or refs/heads/release/* for all below." },
      { claim: "workflow_ref", label: "Workflow", hint: "octo/site/.github/workflows/deploy.yml@refs/heads/main" },
      { claim: "job_workflow_ref", label: "Reusable workflow", hint: "When the job is one of another repository's workflow." },
      { claim: "event_name", label: "Event", hint: "push | schedule. Empty: every event but pull requests." },
    ],
  },
  gitlab: {
    name: "GitLab",
    about: "A job has a token of its own in id_tokens, made for the audience that .gitlab-ci.yml names.",
    issuer: { label: "Issuer", hint: "The address of your GitLab.", usual: "https://gitlab.com" },
    claims: [
      { claim: "project_id", label: "Project id", required: true, hint: "A number, on the project's page." },
      { claim: "namespace_id", label: "Namespace id", required: true, hint: "A number: the group's id." },
      { claim: "ref_protected", label: "Protected ref", hint: "true keeps the agent to protected branches and tags." },
      { claim: "ref", label: "Ref", hint: "The branch or tag." },
      { claim: "environment", label: "Environment" },
    ],
  },
  kubernetes: {
    name: "Kubernetes",
    about: "A pod has a projected token of its service account, made for Valet and renewed by the kubelet.",
    issuer: {
      label: "Issuer",
      hint: "kubectl get --raw /.well-known/openid-configuration shows it; kubectl get --raw /openid/v1/jwks the keys.",
      usual: "https://kubernetes.default.svc.cluster.local",
    },
    claims: [
      { claim: "kubernetes.io.namespace", label: "Namespace", required: true },
      { claim: "kubernetes.io.serviceaccount.name", label: "Service account", required: true },
      {
        claim: "kubernetes.io.serviceaccount.uid",
        label: "Its uid",
        required: true,
        hint: "kubectl get serviceaccount NAME -o jsonpath={.metadata.uid}: a new account of the same name is another one.",
      },
    ],
  },
  oidc: {
    name: "OpenID issuer",
    about: "Any other platform that signs tokens for its workloads and publishes its keys: a cloud, a build server, an identity provider.",
    issuer: { label: "Issuer", hint: "Byte for byte as its tokens say it in iss.", usual: "" },
    claims: [{ claim: "sub", label: "Subject", hint: "The workload's sub, exactly. Without it, name at least two other claims below." }],
  },
  spiffe: {
    name: "SPIFFE trust domain",
    about: "Workloads show a JWT-SVID. Each trust domain has its own bundle, so federated domains stand side by side.",
    issuer: { label: "Trust domain", hint: "With its scheme and without a path.", usual: "spiffe://" },
    claims: [{ claim: "sub", label: "SPIFFE ID", required: true, hint: "Exactly, or with /* at its end for all below." }],
  },
};

/** Where keys come from, as a choice. */
export const SOURCE_WORDS: Readonly<Record<KeySource, string>> = {
  discovery: "Discover them at the issuer",
  url: "Fetch them from an address",
  inline: "Paste them here",
  file: "Read them from a file on this host",
};

/** The same, where they are told. */
export const SOURCE_TOLD: Readonly<Record<KeySource, string>> = {
  discovery: "Discovered at the issuer",
  url: "Fetched from",
  inline: "Pasted",
  file: "Read from the file",
};
