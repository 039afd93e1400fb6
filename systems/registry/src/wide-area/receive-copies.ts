/**
 * Answers to requests for wide-area copies, at the municipality that asked: each must be that of its request in every point
 * (who answers, the person, the extent, the number of persons, the echo). One that is not, and a second one, stop the request
 * for good; what comes too late is dropped. Nothing but `takeCopy` lets content out.
 */
import type { Tx } from '@ishizue/db';
import { accessOfMessage, recordTouchedBy } from '../moves/move-entries.ts';
import type { MovesContext } from '../moves/moves-context.ts';
import type { ApplyRelayed } from '../moves/relayed.ts';
import {
  COPY_ANSWER,
  type CopyAnswerBody,
  type CopyContent,
  type CopyWish,
  subjectEcho,
} from './copy-messages.ts';

/** What of a request an answer is compared with. */
export interface AskedCopy {
  readonly requestId: string;
  readonly residence: string;
  readonly residentCode: string;
  readonly wish: CopyWish;
  readonly subjectKey: Buffer;
  readonly state: string;
  readonly expiresAt: Date;
}

/** What an answer makes of its request. */
export interface CopyOutcome {
  readonly requestId: string;
  readonly state: 'answered' | 'refused' | 'stopped' | 'over';
  readonly code: string | null;
  readonly content: CopyContent | null;
}

/** Decides on an answer. Pure. */
function judgeCopyAnswer(asked: AskedCopy, answer: CopyAnswerBody, now: number): CopyOutcome {
  const { requestId } = asked;
  const stopped = (code: string): CopyOutcome => ({ requestId, state: 'stopped', code, content: null });
  if (answer.from !== asked.residence) return stopped('answer-of-other-municipality');
  if (answer.residentCode !== asked.residentCode) return stopped('answer-of-other-person');
  if (answer.extent !== asked.wish.extent) return stopped('answer-of-other-extent');
  if (asked.state === 'answered' || asked.state === 'refused') return stopped('answered-twice');
  if (asked.expiresAt.getTime() <= now)
    return { requestId, state: 'over', code: 'answered-late', content: null };
  if (answer.result === 'refused') return { requestId, state: 'refused', code: answer.code, content: null };
  if (answer.subjectEcho !== subjectEcho(asked.subjectKey.toString('hex'), asked.residentCode))
    return stopped('answer-of-other-person');
  if (!isOnlyWhatWasAsked(asked.wish, answer.content)) return stopped('answer-of-other-content');
  return { requestId, state: 'answered', code: null, content: answer.content };
}

function isOnlyWhatWasAsked(wish: CopyWish, { head, persons }: CopyContent): boolean {
  if (wish.extent === 'person' && persons.length !== 1) return false;
  if (!wish.withRelationship && (head !== null || persons.some(({ relationship }) => relationship !== null)))
    return false;
  if (!wish.withResidentCode && persons.some(({ residentCode }) => residentCode !== null)) return false;
  return wish.withNationality || persons.every(({ foreign }) => foreign === null);
}

/** The handler of `wide-area-copy-answer`. */
export function receiveCopies(moves: MovesContext): ApplyRelayed<CopyAnswerBody> {
  const { registry } = moves;
  return async (tx, link, answers) => {
    const municipality = link.to.slice('municipal/'.length);
    const asked = await findAsked(tx, municipality, answers);
    const now = registry.clock.now();
    const outcomes = new Map<string, CopyOutcome>();
    const results = answers.map((answer) => {
      const one = asked.get(answer.correlation);
      if (!one) return 'request-unknown';
      // taken, stopped or over: nothing can be called back, but the second answer is on the ledger
      if (['taken', 'stopped', 'over'].includes(one.state)) return 'answered-twice';
      const outcome = judgeCopyAnswer(one, answer, now);
      asked.set(answer.correlation, { ...one, state: outcome.state });
      outcomes.set(answer.correlation, outcome);
      return outcome.code ?? 'ok';
    });
    await store(tx, municipality, [...outcomes.values()]);
    await recordTouchedBy(
      tx,
      registry,
      municipality,
      answers.map((answer, index) => ({
        access: accessOfMessage(answer, COPY_ANSWER),
        residentCode: answer.residentCode,
        fields: ['wide-area-copy', 'answered'],
        result: results[index] ?? 'ok',
      })),
    );
  };
}

async function findAsked(
  tx: Tx,
  municipality: string,
  answers: readonly CopyAnswerBody[],
): Promise<Map<string, AskedCopy>> {
  const rows = await tx<AskedCopy[]>`
    SELECT request_id AS "requestId", residence, resident_code AS "residentCode", wish, subject_key AS "subjectKey",
      state, expires_at AS "expiresAt"
    FROM registry.municipal_copy_request
    WHERE municipality_code = ${municipality} AND request_id = ANY(${answers.map((answer) => answer.correlation)})
    ORDER BY request_id FOR UPDATE`;
  return new Map(rows.map((row) => [row.requestId, row]));
}

async function store(tx: Tx, municipality: string, outcomes: readonly CopyOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await tx`
    UPDATE registry.municipal_copy_request r SET state = o.state, code = o.code, content = nullif(o.content, 'null')
    FROM jsonb_to_recordset(${tx.json(outcomes.map((outcome) => ({ ...outcome })))}) AS o("requestId" text, state text,
      code text, content jsonb)
    WHERE r.municipality_code = ${municipality} AND r.request_id = o."requestId"`;
}

/** Clears contents that nobody took in time; answers how many requests are over. */
export async function expireCopies(tx: Tx, municipality: string, now: Date): Promise<number> {
  const expired = await tx`
    UPDATE registry.municipal_copy_request SET state = 'over', content = NULL
    WHERE municipality_code = ${municipality} AND state IN ('open', 'answered') AND expires_at <= ${now}`;
  return expired.count;
}
