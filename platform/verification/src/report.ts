/**
 * What was checked, step by step: each step names the clause it is of, so that a reader sees what a verdict rests on and
 * what was not asked. A step never holds more of a certificate than its subject and its serial number.
 */
import type { Failure, Result } from '@ishizue/outcome';
import { type Certificate, formatSerialNumber } from '@ishizue/x509';
import type { VerificationFailureCode } from './failure.ts';

export type VerificationFailure = Failure<VerificationFailureCode>;

/** One check. `failed` steps carry why; `not-asked` is what the caller left out on purpose. */
export interface Step {
  /** Whom it is about: `CN=…,C=JP (serial 0a)`, or a part of a message. */
  readonly about: string;
  readonly check: string;
  /** `RFC 5280 6.1.3 (a)(1)` */
  readonly clause: string;
  readonly outcome: 'passed' | 'failed' | 'not-asked';
  readonly code?: VerificationFailureCode | undefined;
  readonly detail?: string | undefined;
}

const described = new WeakMap<Certificate, string>();

/** A certificate in a report: each of its steps names it. */
export function describe(certificate: Certificate): string {
  const known = described.get(certificate);
  if (known !== undefined) return known;
  const { subject, serial } = certificate;
  const text = `${subject.toString() || '(no name)'} (serial ${formatSerialNumber(serial)})`;
  described.set(certificate, text);
  return text;
}

/** The steps in the order in which they are taken. */
export class Trail {
  readonly steps: Step[] = [];

  /** Notes a check with its outcome and answers the outcome. */
  note<T>(
    about: string,
    check: string,
    clause: string,
    result: Result<T, VerificationFailureCode>,
    detail?: string,
  ): Result<T, VerificationFailureCode> {
    this.steps.push(
      result.ok
        ? { about, check, clause, outcome: 'passed', detail }
        : { about, check, clause, outcome: 'failed', ...result.failure },
    );
    return result;
  }

  notAsked(about: string, check: string, clause: string): void {
    this.steps.push({ about, check, clause, outcome: 'not-asked' });
  }
}
