/**
 * A municipality answers. Each answer is compared with its request before the paper is kept for collection; one that
 * does not belong is stopped, both artefacts are kept on a ticket, and the sender's issue is suspended until the cause is
 * shown. An answer to a request that is over is dropped: it can never be delivered.
 * Set-based: a batch of answers is a handful of statements.
 */
import type { Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { type Handler, type HandlerContext, inWaves } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import type { CertificatesContext } from '../certificates-context.ts';
import { type AnswerBody, answerBody, type RenderedAnswer } from '../messages.ts';
import { centreEntry } from './centre-entry.ts';
import { findMismatch, type MismatchCode } from './compare-answer.ts';
import { outcomeMessage, type RequestOutcome } from './outcome-message.ts';
import {
  deleteDocuments,
  type KioskRequest,
  lockRequests,
  type Move,
  moveRequests,
} from './request-store.ts';
import { COLLECT_MS } from './request-times.ts';
import { suspendedAmong } from './suspensions.ts';
import { type NewTicket, openAnswerTickets } from './tickets.ts';

interface Answer {
  readonly body: AnswerBody;
  readonly document: Buffer | undefined;
}

interface Judged {
  readonly request: KioskRequest;
  readonly answer: Answer;
  readonly verdict: Verdict;
}

type Verdict =
  | { readonly kind: 'keep'; readonly body: RenderedAnswer }
  | { readonly kind: 'refuse'; readonly code: string }
  | { readonly kind: 'expire' }
  | { readonly kind: 'stop'; readonly code: MismatchCode }
  /** The request is over; that a wrong paper was made for it is still to be explained. */
  | { readonly kind: 'note'; readonly code: MismatchCode }
  | { readonly kind: 'drop' };

/** The handler of `certificate-rendered` at the centre. */
export function receiveAnswers(context: CertificatesContext): Handler {
  return async (tx, link, messages) => {
    const failures: (Failure | undefined)[] = [];
    const answers: Answer[] = [];
    for (const message of messages) {
      const parsed = answerBody.safeParse(message.body);
      const isSound = parsed.success && parsed.data.requestId === message.subject;
      failures.push(isSound ? undefined : INVALID);
      if (isSound) answers.push({ body: parsed.data, document: documentOf(parsed.data) });
    }
    const requests = await lockRequests(tx, [...new Set(answers.map(({ body }) => body.requestId))]);
    for (const [index, message] of messages.entries())
      if (!failures[index] && !requests.has(message.subject)) failures[index] = UNKNOWN;
    if (failures.some((failure) => failure !== undefined)) return failures; // applied again without the wrong ones
    const now = new Date(context.clock.now());
    // a second answer to a request is judged after the first is stored
    for (const [index, wave] of inWaves(answers, ({ body }) => body.requestId).entries()) {
      const ids = wave.map(({ body }) => body.requestId);
      const current = index === 0 ? requests : await lockRequests(tx, ids);
      const judged = await judge(tx, link, wave, current, now);
      await apply(tx, link, judged, now);
    }
    return failures;
  };
}

const INVALID: Failure = { code: 'answer-invalid', detail: 'the answer is not in the agreed form' };
const UNKNOWN: Failure = { code: 'request-unknown', detail: 'nobody asked for this' };

const documentOf = (body: AnswerBody): Buffer | undefined =>
  body.result === 'rendered' ? Buffer.from(body.document, 'base64') : undefined;

async function judge(
  tx: Tx,
  link: HandlerContext,
  answers: readonly Answer[],
  requests: ReadonlyMap<string, KioskRequest>,
  now: Date,
): Promise<readonly Judged[]> {
  const pairs = answers.map(({ body }) => body);
  const suspended = await suspendedAmong(tx, pairs);
  const known = await knownCertificates(tx, answers);
  const inWave = new Set<string>();
  return answers.flatMap((answer): readonly Judged[] => {
    const request = requests.get(answer.body.requestId);
    if (!request) return [];
    const verdict = verdictOf(request, link.from, answer, now, (id) => known.has(id) || inWave.has(id));
    if (verdict.kind !== 'keep') return [{ request, answer, verdict }];
    inWave.add(verdict.body.certificateId);
    const isSuspended = suspended.has(`${answer.body.municipality} ${answer.body.class}`);
    return [
      { request, answer, verdict: isSuspended ? { kind: 'refuse', code: 'issue-suspended' } : verdict },
    ];
  });
}

function verdictOf(
  request: KioskRequest,
  from: string,
  answer: Answer,
  now: Date,
  isKnown: (certificateId: string) => boolean,
): Verdict {
  const { body, document } = answer;
  const isRepeat = body.result === 'rendered' && body.sha256 === request.sha256;
  const mismatch = findMismatch(request, from, body, document);
  if (request.state === 'routed') {
    if (mismatch) return { kind: 'stop', code: mismatch };
    if (request.deadlineAt.getTime() <= now.getTime()) return { kind: 'expire' };
    if (body.result === 'refused') return { kind: 'refuse', code: body.code };
    return isKnown(body.certificateId)
      ? { kind: 'stop', code: 'certificate-repeated' }
      : { kind: 'keep', body };
  }
  // a second, different answer while the first waits: one of the two is somebody else's
  if (request.state === 'rendered' && !isRepeat)
    return { kind: 'stop', code: mismatch ?? 'answer-differs-from-first' };
  return mismatch ? { kind: 'note', code: mismatch } : { kind: 'drop' };
}

async function knownCertificates(tx: Tx, answers: readonly Answer[]): Promise<ReadonlySet<string>> {
  const ids = answers.flatMap(({ body }) => (body.result === 'rendered' ? [body.certificateId] : []));
  const rows = await tx<{ id: string }[]>`
    SELECT certificate_id AS id FROM certificates.national_request WHERE certificate_id = ANY(${ids})`;
  return new Set(rows.map((row) => row.id));
}

async function apply(tx: Tx, link: HandlerContext, judged: readonly Judged[], now: Date): Promise<void> {
  const kept = judged.flatMap(({ request, verdict }) =>
    verdict.kind === 'keep' ? [{ request, body: verdict.body }] : [],
  );
  await moveRequests(
    tx,
    judged.flatMap((item) => moveOf(item, now)),
    now,
  );
  await keepDocuments(tx, kept);
  const tickets = judged.flatMap((item) => ticketOf(item, link.from));
  await openAnswerTickets(tx, tickets, now);
  await deleteDocuments(
    tx,
    tickets.map(({ request }) => request.requestId),
  );
  await recordEntries(
    tx,
    judged.flatMap((item) => entryOf(item, now)),
  );
  link.send(
    judged.flatMap(({ request, verdict }) => {
      const outcome = OUTCOMES[verdict.kind];
      return outcome ? [outcomeMessage(request, outcome, now)] : [];
    }),
  );
}

function moveOf({ request, verdict }: Judged, now: Date): readonly Move[] {
  switch (verdict.kind) {
    case 'keep':
      return [{ request, event: 'render', deadlineAt: new Date(now.getTime() + COLLECT_MS) }];
    case 'refuse':
      return [{ request, event: 'refuse', code: verdict.code }];
    case 'expire':
      return [{ request, event: 'time-out', code: 'request-expired' }];
    case 'stop':
      return [{ request, event: 'stop', code: verdict.code }];
    case 'note':
    case 'drop':
      return [];
  }
}

/** What the municipality is told at once; of a kept paper it hears when that is collected or not. */
const OUTCOMES: Readonly<Partial<Record<Verdict['kind'], RequestOutcome>>> = {
  refuse: 'refused',
  expire: 'timed-out',
  stop: 'stopped',
};

interface Kept {
  readonly request: KioskRequest;
  readonly body: RenderedAnswer;
}

async function keepDocuments(tx: Tx, kept: readonly Kept[]): Promise<void> {
  if (kept.length === 0) return;
  const ids = kept.map(({ request }) => request.requestId);
  const certificateIds = kept.map(({ body }) => body.certificateId);
  await tx`
    UPDATE certificates.national_request r
    SET certificate_id = k.certificate_id, issued_on = k.issued_on, pages = k.pages, sha256 = k.sha256
    FROM unnest(${ids}::text[], ${certificateIds}::text[], ${kept.map(({ body }) => body.issuedOn)}::date[],
      ${kept.map(({ body }) => body.pages)}::int[], ${kept.map(({ body }) => body.sha256)}::text[])
      AS k (request_id, certificate_id, issued_on, pages, sha256)
    WHERE r.request_id = k.request_id`;
  await tx`
    INSERT INTO certificates.national_document (request_id, certificate_id, bytes)
    SELECT request_id, certificate_id, decode(document, 'base64')
    FROM unnest(${ids}::text[], ${certificateIds}::text[], ${kept.map(({ body }) => body.document)}::text[])
      AS k (request_id, certificate_id, document)`;
}

function ticketOf({ request, answer, verdict }: Judged, from: string): readonly NewTicket[] {
  if (verdict.kind !== 'stop' && verdict.kind !== 'note') return [];
  return [{ request, code: verdict.code, from, answer: answer.body }];
}

/** What the comparison found is on the person's ledger, unless all is well: the delivery is recorded then. */
function entryOf({ request, verdict }: Judged, now: Date): readonly LedgerEntry[] {
  if (
    request.subject === null ||
    verdict.kind === 'keep' ||
    verdict.kind === 'drop' ||
    verdict.kind === 'expire'
  )
    return [];
  return [centreEntry(request, request.subject, now.getTime(), ['certificate'], verdict.code)];
}
