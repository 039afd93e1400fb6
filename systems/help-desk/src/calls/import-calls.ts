/**
 * The records of a telephone system, as a file: row by row, a bad one refused alone with its code. Rows are stored by the
 * thousand; the same file again stores nothing. Calls are nobody's data: a row names neither caller nor number.
 */
import { type CsvRecord, readRecords, TextUndecodable } from '@ishizue/csv';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { CALL_LANGUAGES, CHANNELS, OUTCOMES, TOPICS } from '../topics.ts';
import { CALL_ID, CALL_SOURCE, type CallRecord, isAnsweredBySomebody, WAITED_S_MAX } from './call-record.ts';
import { storeCalls } from './store-calls.ts';

const HEADING = ['call_id', 'offered_at', 'waited_s', 'channel', 'language', 'topic', 'outcome', 'operator'];
const CHUNK_ROWS = 1_000;
const EARLIEST = Date.parse('2015-10-05T00:00:00+09:00'); // when numbers began, and the centre with them
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
const OPERATOR = /^[0-9A-Za-z-]{1,64}$/;

export type CallRowFailure =
  | 'row-malformed'
  | 'call-id-malformed'
  | 'offered-at-malformed'
  | 'waited-malformed'
  | 'channel-unknown'
  | 'language-unknown'
  | 'topic-unknown'
  | 'outcome-unknown'
  | 'operator-malformed'
  | 'row-repeated'
  | 'call-id-reused';
export type ImportCallsFailure = 'source-malformed' | 'heading-unexpected' | 'file-undecodable';

/** A refused row; rows are numbered from 1, the heading is 1. */
export interface RejectedCall {
  readonly row: number;
  readonly code: CallRowFailure;
}

export interface CallImport {
  readonly source: string;
  readonly text: AsyncIterable<string>;
  readonly reject: (row: RejectedCall) => Promise<void>;
}

export interface ImportedCalls {
  readonly rows: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly rejected: number;
}

export async function importCalls(
  context: HelpDeskContext,
  order: CallImport,
): Promise<Result<ImportedCalls, ImportCallsFailure>> {
  if (!CALL_SOURCE.test(order.source)) return fail('source-malformed', 'a to z, digits and hyphens');
  const work = new CallFile(context, order);
  try {
    for await (const batch of readRecords(order.text))
      for (const record of batch) {
        const taken = await work.take(record);
        if (!taken.ok) return taken;
      }
  } catch (error) {
    if (error instanceof TextUndecodable) return fail('file-undecodable', error.message);
    throw error;
  }
  return work.end();
}

interface NumberedCall {
  readonly row: number;
  readonly call: CallRecord;
}

class CallFile {
  readonly #context: HelpDeskContext;
  readonly #order: CallImport;
  #row = 0;
  #chunk = new Map<string, NumberedCall>();
  #counts = { stored: 0, unchanged: 0, rejected: 0 };

  constructor(context: HelpDeskContext, order: CallImport) {
    this.#context = context;
    this.#order = order;
  }

  async take(record: CsvRecord): Promise<Result<undefined, 'heading-unexpected'>> {
    this.#row += 1;
    if (this.#row === 1)
      return record?.join() === HEADING.join()
        ? ok(undefined)
        : fail('heading-unexpected', `the heading is not ${HEADING.join()}`);
    const parsed = parseCall(record, this.#context.clock.now());
    if (!parsed.ok) await this.#reject(this.#row, parsed.failure.code);
    else if (this.#chunk.has(parsed.value.callId)) await this.#reject(this.#row, 'row-repeated');
    else this.#chunk.set(parsed.value.callId, { row: this.#row, call: parsed.value });
    if (this.#chunk.size === CHUNK_ROWS) await this.#flush();
    return ok(undefined);
  }

  async end(): Promise<Result<ImportedCalls, 'heading-unexpected'>> {
    if (this.#row === 0) return fail('heading-unexpected', 'the file is empty');
    await this.#flush();
    return ok({ rows: this.#row - 1, ...this.#counts });
  }

  async #flush(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = new Map();
    const calls = [...chunk.values()].map(({ call }) => call);
    const { stored, unchanged, different } = await inTransaction(
      this.#context.sql,
      { site: NATIONAL_SITE },
      (tx) => storeCalls(tx, this.#order.source, calls),
    );
    this.#counts.stored += stored;
    this.#counts.unchanged += unchanged;
    for (const callId of different) await this.#reject(chunk.get(callId)?.row ?? 0, 'call-id-reused');
  }

  async #reject(row: number, code: CallRowFailure): Promise<void> {
    this.#counts.rejected += 1;
    await this.#order.reject({ row, code });
  }
}

/** @param now milliseconds since the epoch: no call was offered after it */
export function parseCall(record: CsvRecord, now: number): Result<CallRecord, CallRowFailure> {
  if (record?.length !== HEADING.length) return fail('row-malformed', `not ${HEADING.length} fields`);
  const [callId = '', at = '', waited = '', ...words] = record;
  const [channelText, languageText, topicText, outcomeText, operatorText = ''] = words;
  if (!CALL_ID.test(callId)) return fail('call-id-malformed', 'letters, digits and hyphens');
  const offeredAt = ZONED.test(at) ? Date.parse(at) : Number.NaN;
  if (!(offeredAt >= EARLIEST && offeredAt <= now))
    return fail('offered-at-malformed', 'no time with a zone');
  if (!/^\d{1,5}$/.test(waited) || Number(waited) > WAITED_S_MAX)
    return fail('waited-malformed', `seconds, up to ${WAITED_S_MAX}`);
  const channel = CHANNELS.find((one) => one === channelText);
  if (!channel) return fail('channel-unknown', CHANNELS.join());
  const language = CALL_LANGUAGES.find((one) => one === languageText);
  if (!language) return fail('language-unknown', CALL_LANGUAGES.join());
  const topic = TOPICS.find((one) => one === topicText);
  if (!topic) return fail('topic-unknown', TOPICS.join());
  const outcome = OUTCOMES.find((one) => one === outcomeText);
  if (!outcome) return fail('outcome-unknown', OUTCOMES.join());
  const operator = operatorText === '' ? null : operatorText;
  const call = { callId, offeredAt, waited_s: Number(waited), channel, language, topic, outcome, operator };
  if ((operator !== null && !OPERATOR.test(operator)) || !isAnsweredBySomebody(call))
    return fail('operator-malformed', 'of an answered call, and of no other');
  return ok(call);
}
