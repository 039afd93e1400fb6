/**
 * Path validation (RFC 5280 6.1, with RFC 9618 for policies): pure, without revocation, which `revocation/` asks about a
 * path that holds. One function a section: 6.1.2 path-state, 6.1.3 process-certificate, 6.1.4 prepare-next, 6.1.5 wrap-up; and the
 * purpose, where one is asked for.
 */
import { fail, type Result } from '@ishizue/outcome';
import type { VerificationFailureCode } from '../failure.ts';
import type { Trail } from '../report.ts';
import { notePurpose } from './check-purpose.ts';
import type { PathQuestion } from './path-question.ts';
import { initialState } from './path-state.ts';
import { prepareNext } from './prepare-next.ts';
import { positionOf, processCertificate } from './process-certificate.ts';
import { takeAnchor } from './take-anchor.ts';
import { type Policies, wrapUp } from './wrap-up.ts';

/** The policies under which the path is valid, or the first check that failed; each check is noted on the trail. */
export function validatePath(
  question: PathQuestion,
  trail: Trail,
): Result<Policies, VerificationFailureCode> {
  const state = initialState(question);
  const last = question.path.at(-1);
  if (last === undefined) return fail('issuer-not-found', 'an empty path');
  const anchor = takeAnchor(question.anchor, state, trail);
  if (!anchor.ok) return anchor;
  for (const certificate of question.path) {
    const position = positionOf(certificate, certificate === last);
    const processed = processCertificate(position, state, question.at, trail);
    if (!processed.ok) return processed;
    if (position.isLast) break;
    const prepared = prepareNext(position, state, trail);
    if (!prepared.ok) return prepared;
  }
  const purpose = notePurpose(question.path, question, trail);
  return purpose.ok ? wrapUp(last, state, question, trail) : purpose;
}
