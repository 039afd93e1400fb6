/**
 * Expected outcomes as values. An operation that may be refused returns a `Result`; its failure carries a stable
 * kebab-case `code` from the union of the package that made it. Broken invariants throw instead.
 */

/** A refusal: `code` is stable and documented, `detail` is for people and never holds personal data. */
export interface Failure<Code extends string = string> {
  readonly code: Code;
  readonly detail: string;
}

/** Either the value or the refusal. */
export type Result<T, Code extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure<Code> };

/** The successful result. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** The refused result. */
export const fail = <Code extends string>(
  code: Code,
  detail: string,
): { readonly ok: false; readonly failure: Failure<Code> } => ({ ok: false, failure: { code, detail } });

/** The value, or a throw where a failure would be a broken invariant. */
export function mustSucceed<T>(result: Result<T>, what: string): T {
  if (result.ok) return result.value;
  throw new Error(`${what}: ${result.failure.code}: ${result.failure.detail}`);
}
