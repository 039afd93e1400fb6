/** A document that a procedure has of a case: its system makes it when an officer asks for it on the case's page. */
import type { Result } from '@ishizue/outcome';
import type { Words } from '../define/field.ts';
import type { ActingBy } from '../desk/acting.ts';

export interface CasePaper {
  readonly title: Words;
  /** The states in which there is one. */
  readonly states: readonly string[];
  /** Who may have it is judged here. @returns the PDF, or codes that the procedure's statuses have */
  make(by: ActingBy, caseId: number): Promise<Result<Uint8Array>>;
}
