/** What a form shows after it was sent. Travels to the browser, so it holds nothing the person may not see. */
export type FormState<T = unknown> =
  | { readonly status: "idle" }
  | { readonly status: "done"; readonly result: T }
  | {
      readonly status: "refused";
      readonly code: string;
      readonly message: string;
      readonly next?: string | undefined;
      readonly fields: Readonly<Record<string, string>>;
      /** What was typed, so that a page without scripts can show it again. Never a password. */
      readonly values: Readonly<Record<string, string>>;
    };

export const IDLE: FormState<never> = { status: "idle" };

export type FormAction<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>;
