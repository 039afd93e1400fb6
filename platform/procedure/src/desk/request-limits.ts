/** What a request is bounded by, whatever it asks for. */
import { fail, type Result } from '@ishizue/outcome';
import type { MoveRequest } from './judge-all.ts';

/** Cases in one request at most. */
export const ROWS_MAX = 5_000;
const REQUEST_BYTES_MAX = 80;

export function invalidRequest({
  request,
  rows,
  isOpening,
}: MoveRequest): Result<never, 'request-invalid'> | undefined {
  const bytes = Buffer.byteLength(request);
  if (bytes === 0 || bytes > REQUEST_BYTES_MAX || !request.isWellFormed() || request.includes('\0'))
    return fail('request-invalid', `a request id has 1 to ${REQUEST_BYTES_MAX} bytes`);
  if (rows.length === 0 || rows.length > ROWS_MAX)
    return fail('request-invalid', `1 to ${ROWS_MAX} cases at once`);
  const isNumber = ({ caseId }: { caseId: number }): boolean => Number.isSafeInteger(caseId) && caseId > 0;
  return isOpening || rows.every(isNumber) ? undefined : fail('request-invalid', 'a case has a whole number');
}
