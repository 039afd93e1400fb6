/**
 * Requests for numbers as they come to the centre. What a register says of a new record has no id of its own and gets one
 * by its place on the link; an officer's request brings one. The same id with the same content is answered again,
 * with other content it is refused; nothing is made twice.
 */
import type { Tx } from '@ishizue/db';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { parseResidentCode, type SealedNumber } from '@ishizue/registry';
import { z } from 'zod';
import { collectCurrent, type NumberingContext } from '../assign-numbers.ts';
import { idOfRecorded, type NumberRequest, numberRequestBody } from './number-request.ts';
import { lockRequests, storeRequests } from './request-store.ts';
import { assignedMessage, lockChanges, reviewRequests, stateMessages } from './review-requests.ts';

const recordedBody = z.strictObject({ residentCode: z.string() });

/** The handler of `resident-recorded`: a number for every new record. */
export const takeNewRecords = (context: NumberingContext): Handler =>
  take(context, ({ body, seq }) => {
    const parsed = recordedBody.safeParse(body);
    return parsed.success ? { ...parsed.data, requestId: idOfRecorded(seq), kind: 'first' } : undefined;
  });

/** The handler of `number-request`: what a municipality's officer asks. */
export const takeRequests = (context: NumberingContext): Handler =>
  take(context, ({ body }) => {
    const parsed = numberRequestBody.safeParse(body);
    // ids of new records are the centre's own
    return parsed.success && !parsed.data.requestId.startsWith('resident-recorded-')
      ? parsed.data
      : undefined;
  });

type Wanted = z.infer<typeof numberRequestBody>;

const INVALID: Failure = { code: 'number-request-invalid', detail: 'the request is not in the agreed form' };
const REUSED: Failure = {
  code: 'request-id-reused',
  detail: 'the municipality used this request id for another request',
};

function take(context: NumberingContext, parse: (message: ReceivedMessage) => Wanted | undefined): Handler {
  return async (tx, link, messages) => {
    const municipality = link.from.slice('municipal/'.length);
    const read = messages.map((message) => {
      const wanted = parse(message);
      const code = wanted && parseResidentCode(wanted.residentCode);
      if (!wanted || !code) return INVALID;
      return code.ok ? wanted : code.failure;
    });
    const wanted = read.filter((one) => 'requestId' in one);
    const asked = wanted.map(
      (one): NumberRequest => ({ ...one, municipality, state: 'asked', cause: null, attempt: null }),
    );
    // before any row is locked, as everywhere
    if (wanted.some(({ kind }) => kind === 'replacement')) await lockChanges(tx);
    await storeRequests(tx, asked, new Date(context.clock.now()));
    const ids = [...new Set(wanted.map(({ requestId }) => requestId))];
    const standing = await lockRequests(tx, municipality, ids);
    await answer(tx, context, link, standing);
    const byId = new Map(standing.map((request) => [request.requestId, request]));
    return read.map((one) => {
      if (!('requestId' in one)) return one;
      const stored = byId.get(one.requestId);
      return stored?.kind === one.kind && stored.residentCode === one.residentCode ? undefined : REUSED;
    });
  };
}

/** Reviews what is asked for the first time or still waits, and says again what the others came to. */
async function answer(
  tx: Tx,
  context: NumberingContext,
  link: HandlerContext,
  requests: readonly NumberRequest[],
): Promise<void> {
  const open = requests.filter(({ state }) => state === 'asked');
  const closed = requests.filter(({ state }) => state !== 'asked');
  const granted = closed.filter(({ kind, state }) => kind === 'first' && state !== 'refused');
  const numbers = new Map<string, SealedNumber>();
  const codes = granted.map(({ residentCode }) => residentCode);
  if (codes.length > 0) await collectCurrent(tx, context, codes, numbers);
  const again = granted.map((request) => assignedMessage(request, numbers.get(request.residentCode)));
  const made = await reviewRequests(tx, context, open, link.link);
  link.send([...made, ...again, ...stateMessages(closed)]);
}
