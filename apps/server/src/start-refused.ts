/**
 * Why an installation does not open: what an operator can mend, with a stable code. Thrown, because it ends an opening
 * from any depth and what was opened until then closes behind it; the command line tells it once. The codes are
 * explained in docs/operating.
 */
import type { Failure } from '@ishizue/outcome';

/** What is wrong with the settings; nothing was started. */
export type SettingCode =
  | 'setting-invalid'
  | 'database-url-malformed'
  | 'database-url-parameter-unknown'
  | 'database-url-parameter-invalid';

export type StartCode =
  | SettingCode
  | 'already-running'
  | 'database-unreachable'
  | 'database-role-not-superuser'
  | 'signer-not-started'
  | 'address-unavailable';

export class StartRefused extends Error {
  readonly failure: Failure<StartCode>;

  constructor(code: StartCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.name = 'StartRefused';
    this.failure = { code, detail };
  }
}
