/**
 * Defects: what is DER but not what RFC 5280 allows. Relying parties refuse a message that has any; the lint before
 * signing wants to see it all the same, and say by which rule it fails.
 */
import type { DerReader } from '../der/reader.ts';
import { GENERALIZED_TIME } from '../der/tag.ts';
import { isUtcTimeRange } from '../der/time.ts';
import type { ContentFailureCode } from '../failure.ts';

export interface Defect {
  readonly code: ContentFailureCode;
  readonly detail: string;
}

/** A time in the wrong one of its two forms (RFC 5280 4.1.2.5, 5.1.2.4). */
export const TIME_FORM_DEFECT: Defect = {
  code: 'time-form',
  detail: 'UTCTime is for the years through 2049, GeneralizedTime for later ones',
};

/** Reads a Time and notes the wrong form. */
export function readFormedTime(reader: DerReader, defects: Defect[]): number {
  const isGeneralized = reader.peek() === GENERALIZED_TIME;
  const instant = reader.time();
  if (!reader.failed && isGeneralized === isUtcTimeRange(instant)) defects.push(TIME_FORM_DEFECT);
  return instant;
}
