/**
 * A counter that is not the person's own: asks for a wide-area copy (広域交付, 住民基本台帳法 art. 12-4), compares what comes back
 * with what was asked, and lets it be taken once. The id is made here, once for all hops; of two answers neither is one;
 * what is late or not taken is gone. Flow: docs/flows/wide-area-copy.md.
 */
import { randomBytes } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { newRequestId } from '@ishizue/http';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import {
  type CardAtCounter,
  type CardFailure,
  type ProvedCard,
  proveAtCounter,
} from '../moves/card-proof.ts';
import { recordTouched } from '../moves/move-entries.ts';
import type { MovesContext } from '../moves/moves-context.ts';
import { toNational } from '../moves/relayed.ts';
import { municipalSite } from '../registry-context.ts';
import { COPY_REQUEST, type CopyContent, type CopyWish } from './copy-messages.ts';

/** How long a counter waits for the answer, and for the copy to be taken. */
const WAIT_MS = 5 * 60_000;

export type CopyRequestFailure = CardFailure | 'municipality-not-served' | 'own-municipality';

/** A copy asked for. */
export interface CopyOrder {
  /** The person's own municipality, as the card says. */
  readonly residence: string;
  readonly wish: CopyWish;
  readonly card: CardAtCounter;
}

/** Proves the card and asks the person's municipality; the answer is the request's id. */
export async function requestCopy(
  moves: MovesContext,
  municipality: string,
  access: Access,
  order: CopyOrder,
): Promise<Result<{ readonly requestId: string; readonly expiresAt: Date }, CopyRequestFailure>> {
  const { registry } = moves;
  const requestId = newRequestId();
  const traced = { ...access, correlation: requestId };
  const proved = await proveAtCounter(moves, municipality, 'wide-area-copy', order.card, traced);
  const allowed = whetherElsewhere(moves, municipality, order.residence);
  const outcome: Result<ProvedCard, CopyRequestFailure> = allowed.ok ? proved : allowed;
  const result = await inTransaction(registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const touched = {
      residentCode: proved.ok ? proved.value.residentCode : '',
      fields: ['wide-area-copy', 'requested'],
      result: outcome.ok ? 'ok' : outcome.failure.code,
    };
    await recordTouched(tx, registry, municipality, traced, [touched]);
    return outcome.ok ? ok(await send(tx, moves, municipality, requestId, order, outcome.value)) : outcome;
  });
  registry.wake();
  return result;
}

function whetherElsewhere(
  moves: MovesContext,
  municipality: string,
  residence: string,
): Result<undefined, 'own-municipality' | 'municipality-not-served'> {
  if (residence === municipality)
    return fail('own-municipality', 'a resident of this municipality gets the copy from its own register');
  return moves.participates(residence)
    ? ok(undefined)
    : fail('municipality-not-served', 'no link leads to the person’s municipality');
}

async function send(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  requestId: string,
  { residence, wish }: CopyOrder,
  { residentCode, proof }: ProvedCard,
): Promise<{ readonly requestId: string; readonly expiresAt: Date }> {
  const now = moves.registry.clock.now();
  const expiresAt = new Date(now + WAIT_MS);
  const subjectKey = randomBytes(32);
  await tx`
    INSERT INTO registry.municipal_copy_request (municipality_code, request_id, residence, resident_code, wish,
      subject_key, state, requested_at, expires_at)
    VALUES (${municipality}, ${requestId}, ${residence}, ${residentCode}, ${tx.json({ ...wish })}, ${subjectKey},
      'open', ${new Date(now)}, ${expiresAt})`;
  const body = {
    from: municipality,
    to: residence,
    correlation: requestId,
    residentCode,
    wish,
    subjectKey: subjectKey.toString('hex'),
    proof,
    expiresAt: expiresAt.toISOString(),
  };
  await sendAll(tx, [toNational(COPY_REQUEST, body)]);
  return { requestId, expiresAt };
}

export const COPY_STATES = ['open', 'answered', 'refused', 'stopped', 'taken', 'over'] as const;

export interface CopyRequestState {
  readonly state: (typeof COPY_STATES)[number];
  readonly code: string | null;
}

/** What has become of a request; it says nothing of the person. */
export function copyRequestState(
  moves: MovesContext,
  municipality: string,
  requestId: string,
): Promise<Result<CopyRequestState, 'request-unknown'>> {
  return inTransaction(moves.registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const [row] = await tx<CopyRequestState[]>`
      SELECT CASE WHEN state IN ('open', 'answered') AND expires_at <= ${new Date(moves.registry.clock.now())}
        THEN 'over' ELSE state END AS state, code
      FROM registry.municipal_copy_request
      WHERE municipality_code = ${municipality} AND request_id = ${requestId}`;
    return row ? ok({ ...row }) : fail('request-unknown', 'there is no such request');
  });
}

export type TakeCopyFailure =
  | 'request-unknown'
  | 'copy-not-ready'
  | 'copy-refused'
  | 'copy-stopped'
  | 'copy-over';

/** A copy's content, to be printed at once; what it was asked for beside it. */
export interface TakenCopy {
  readonly residence: string;
  readonly wish: CopyWish;
  readonly content: CopyContent;
}

/** Takes the content of an answered request, once; it is not kept. */
export function takeCopy(
  moves: MovesContext,
  municipality: string,
  access: Access,
  requestId: string,
): Promise<Result<TakenCopy, TakeCopyFailure>> {
  const { registry } = moves;
  return inTransaction(registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const [row] = await tx<(TakenCopy & CopyRequestState & { residentCode: string; expiresAt: Date })[]>`
      SELECT residence, resident_code AS "residentCode", wish, state, code, content, expires_at AS "expiresAt"
      FROM registry.municipal_copy_request
      WHERE municipality_code = ${municipality} AND request_id = ${requestId} FOR UPDATE`;
    const refusal = whyNotTaken(row, registry.clock.now());
    if (!row) return refusal ?? fail('request-unknown', 'there is no such request');
    const traced = { ...access, correlation: requestId };
    const result = refusal?.failure.code ?? 'ok';
    const touched = { residentCode: row.residentCode, fields: ['wide-area-copy', 'taken'], result };
    await recordTouched(tx, registry, municipality, traced, [touched]);
    if (refusal) return refusal;
    await tx`
      UPDATE registry.municipal_copy_request SET state = 'taken', content = NULL
      WHERE municipality_code = ${municipality} AND request_id = ${requestId}`;
    const { residence, wish, content } = row;
    return ok({ residence, wish, content });
  });
}

function whyNotTaken(
  row: (CopyRequestState & { readonly expiresAt: Date }) | undefined,
  now: number,
): Extract<Result<never, TakeCopyFailure>, { ok: false }> | undefined {
  if (!row) return fail('request-unknown', 'there is no such request');
  switch (row.state) {
    case 'refused':
      return fail('copy-refused', `the person’s municipality gives no copy: ${row.code ?? ''}`);
    case 'stopped':
      return fail('copy-stopped', `the answer was not the request’s: ${row.code ?? ''}`);
    case 'taken':
    case 'over':
      return fail('copy-over', 'the copy was taken already, or its time is over');
    case 'open':
    case 'answered':
      if (row.expiresAt.getTime() <= now) return fail('copy-over', 'its time is over: it is asked for again');
      return row.state === 'open' ? fail('copy-not-ready', 'there is no answer yet') : undefined;
  }
}
