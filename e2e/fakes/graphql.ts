import {
  buildSchema,
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  validate,
} from "graphql";
import { type Caller, requireScope } from "./bearer";
import { answerJson, type Exchange, readJson, Stop } from "./http";
import { createIssue } from "./issues";
import type { Scope } from "./scopes";
import type { State } from "./state";

const SCHEMA = buildSchema(`
  type Viewer { id: ID! login: String! name: String! }
  type Comment { id: Int! author: String! body: String! createdAt: String! }
  type Issue {
    id: Int! title: String! body: String! state: String! labels: [String!]! author: String! assignee: String
    comments: [Comment!]! createdAt: String! updatedAt: String!
  }
  type Query { viewer: Viewer! issues(first: Int = 10, state: String): [Issue!]! }
  type Mutation { createIssue(title: String!, body: String): Issue! }
`);

const FIELD_SCOPES: Readonly<Record<string, Scope>> = {
  viewer: "profile:read",
  issues: "issues:read",
  createIssue: "issues:write",
};

/**
 * `POST /graphql` with `{query, variables?, operationName?}`. A missing scope is a 403 like everywhere else, found before
 * anything is executed; what is wrong with the document answers 200 with `errors`, as GraphQL servers do.
 */
export async function answerGraphql(state: State, exchange: Exchange, caller: Caller): Promise<void> {
  const body = await readJson(exchange);
  const asked = readDocument(body);
  if (asked.errors) return answerJson(exchange, 200, { errors: asked.errors });
  for (const name of rootFields(asked.document, asked.operation.selectionSet)) {
    const scope = Object.hasOwn(FIELD_SCOPES, name) ? FIELD_SCOPES[name] : undefined;
    if (scope) requireScope(caller, scope);
  }
  const result = await execute({
    schema: SCHEMA,
    document: asked.document,
    rootValue: rootFor(state, caller),
    variableValues: asObject(body.variables),
    operationName: asked.operation.name?.value,
  });
  answerJson(exchange, 200, result);
}

type Asked = { errors: readonly GraphQLError[] } | { errors?: undefined; document: DocumentNode; operation: OperationDefinitionNode };

function readDocument(body: Record<string, unknown>): Asked {
  try {
    const document = parse(String(body.query ?? ""));
    const errors = validate(SCHEMA, document);
    if (errors.length > 0) return { errors };
    const operation = getOperationAST(document, typeof body.operationName === "string" ? body.operationName : null);
    if (!operation) return { errors: [new GraphQLError("Say which operation to run.")] };
    return { document, operation };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

/** The fields at the root of an operation, also those inside fragments, under their real names. */
function rootFields(document: DocumentNode, selections: SelectionSetNode): string[] {
  return selections.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(document, selection.selectionSet);
    const fragment = findFragment(document, selection.name.value);
    return fragment ? rootFields(document, fragment.selectionSet) : [];
  });
}

function findFragment(document: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return document.definitions.find(
    (one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name,
  );
}

function rootFor(state: State, caller: Caller) {
  return {
    viewer: () => caller.person,
    issues: ({ first, state: wanted }: { first: number; state?: string }) =>
      state.data.issues.filter((issue) => wanted == null || issue.state === wanted).slice(0, Math.max(0, first)),
    createIssue: (fields: { title: string; body?: string }) => {
      try {
        return createIssue(state, caller, { ...fields });
      } catch (error) {
        throw error instanceof Stop ? new GraphQLError("The title or body is not valid.") : error;
      }
    },
  };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
