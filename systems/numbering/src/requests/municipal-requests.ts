/**
 * A municipality's officer asks the centre for a person's first number again, or for another number (個人番号の変更, 番号法 art. 7 (2);
 * on request or ex officio, after a leak from which misuse is to be feared). What it rests on stays here; the centre is
 * told the id, the resident code and the kind. Flow: docs/flows/numbering.md.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries, recordEntry } from '@ishizue/ledger';
import { type Handler, sendAll } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import {
  type Access,
  municipalSite,
  NATIONAL_SITE,
  parseResidentCode,
  type ReadFailure,
  type RegistryContext,
  readHousehold,
} from '@ishizue/registry';
import { z } from 'zod';
import type { NumberingContext } from '../assign-numbers.ts';
import {
  NUMBER_REQUEST,
  type NumberRequestState,
  numberRequestStateBody,
  type RequestState,
  requestId,
} from './number-request.ts';

const residentCode = z.string().max(40);

export const numberOrder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('first'), requestId, residentCode }),
  z.strictObject({
    kind: z.literal('replacement'),
    requestId,
    residentCode,
    basis: z.enum(['on-request', 'ex-officio']),
    /** How the number leaked and why misuse is to be feared; the papers that show it. */
    evidence: z
      .string()
      .trim()
      .min(10)
      .max(400)
      .regex(/^\P{Cc}*$/u),
  }),
]);

/** What an officer asks for. */
export type NumberOrder = z.infer<typeof numberOrder>;

/** A request as the municipality knows it. */
export type MunicipalNumberRequest = NumberOrder & {
  readonly state: RequestState;
  /** What it waits for, or why it was refused. */
  readonly cause: string | null;
};

export type NumberOrderFailure =
  | ReadFailure
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'request-id-reused';

/** What the municipality's side is given: the person is looked up at the registry's door. */
export interface NumberDesk extends Pick<NumberingContext, 'sql' | 'clock' | 'pseudonyms'> {
  readonly registry: RegistryContext;
  /** Called after a commit that sent something. */
  readonly wake: () => void;
}

/** Sends a request to the centre; the same again answers how it stands. */
export async function orderNumber(
  desk: NumberDesk,
  municipality: string,
  access: Access,
  order: NumberOrder,
): Promise<Result<MunicipalNumberRequest, NumberOrderFailure>> {
  const code = parseResidentCode(order.residentCode);
  if (!code.ok) return code;
  const read = await readHousehold(desk.registry, municipality, access, order.residentCode, 'person');
  // a first number is also for the record of somebody who has left
  if (!read.ok && !(order.kind === 'first' && read.failure.code === 'resident-not-current')) return read;
  const site = municipalSite(municipality);
  const sent = await inTransaction(desk.sql, { site }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`number request ${municipality} ${order.requestId}`}, 0))`;
    const earlier = await findRequest(tx, municipality, order.requestId);
    const isOther = earlier !== undefined && !isSameOrder(earlier, order);
    await recordEntry(tx, {
      site,
      at: desk.clock.now(),
      ...access,
      subject: desk.pseudonyms.of(site, order.residentCode),
      fields: ['number-request', order.kind],
      result: isOther ? 'request-id-reused' : 'ok',
    });
    if (isOther) return fail('request-id-reused', 'this request id was used for another request');
    if (earlier) return ok(earlier);
    await storeOrder(tx, municipality, access.actor, order, new Date(desk.clock.now()));
    const { kind } = order;
    const body = { requestId: order.requestId, residentCode: order.residentCode, kind };
    const link = `${site}>${NATIONAL_SITE}:numbering`;
    await sendAll(tx, [{ link, subject: order.residentCode, topic: NUMBER_REQUEST, body }]);
    return ok({ ...order, state: 'asked' as const, cause: null });
  });
  desk.wake();
  return sent;
}

type OrderRow = Omit<MunicipalNumberRequest, 'basis' | 'evidence'> & {
  readonly basis: 'on-request' | 'ex-officio' | null;
  readonly evidence: string | null;
};

const orderColumns = (tx: Tx): ReturnType<Tx> =>
  tx`request_id AS "requestId", kind, resident_code AS "residentCode", basis, evidence, state, cause`;

async function findRequest(
  tx: Tx,
  municipality: string,
  id: string,
): Promise<MunicipalNumberRequest | undefined> {
  const [row] = await tx<OrderRow[]>`
    SELECT ${orderColumns(tx)} FROM numbering.municipal_number_request
    WHERE municipality_code = ${municipality} AND request_id = ${id}`;
  return row && fromRow(row);
}

function fromRow({ basis, evidence, kind, ...row }: OrderRow): MunicipalNumberRequest {
  if (kind === 'first') return { ...row, kind };
  if (basis === null || evidence === null) throw new Error('a change of a number without what it rests on');
  return { ...row, kind, basis, evidence };
}

function isSameOrder(
  { state: _, cause: __, ...earlier }: MunicipalNumberRequest,
  order: NumberOrder,
): boolean {
  const textOf = (one: NumberOrder): string =>
    JSON.stringify([
      one.kind,
      one.residentCode,
      ...(one.kind === 'replacement' ? [one.basis, one.evidence] : []),
    ]);
  return textOf(earlier) === textOf(order);
}

async function storeOrder(
  tx: Tx,
  municipality: string,
  askedBy: string,
  order: NumberOrder,
  now: Date,
): Promise<void> {
  const { basis, evidence } = order.kind === 'replacement' ? order : { basis: null, evidence: null };
  await tx`
    INSERT INTO numbering.municipal_number_request
      (municipality_code, request_id, kind, resident_code, basis, evidence, state, asked_by, asked_at)
    VALUES (${municipality}, ${order.requestId}, ${order.kind}, ${order.residentCode}, ${basis}, ${evidence}, 'asked',
      ${askedBy}, ${now})`;
}

const LISTED_MAX = 1_000;

/** The municipality's requests, the latest first, a thousand at the most; each look is on the ledger. */
export function listNumberOrders(
  desk: Pick<NumberDesk, 'sql' | 'clock' | 'pseudonyms'>,
  municipality: string,
  access: Access,
): Promise<readonly MunicipalNumberRequest[]> {
  const site = municipalSite(municipality);
  return inTransaction(desk.sql, { site }, async (tx) => {
    const rows = await tx<OrderRow[]>`
      SELECT ${orderColumns(tx)} FROM numbering.municipal_number_request
      WHERE municipality_code = ${municipality} ORDER BY asked_at DESC, request_id LIMIT ${LISTED_MAX}`;
    const entry = { site, at: desk.clock.now(), ...access, fields: ['number-request'], result: 'ok' };
    await recordEntries(
      tx,
      rows.map((row) => ({ ...entry, subject: desk.pseudonyms.of(site, row.residentCode) })),
    );
    return rows.map(fromRow);
  });
}

const INVALID: Failure = { code: 'request-state-invalid', detail: 'the notice is not in the agreed form' };
const UNKNOWN: Failure = { code: 'number-request-unknown', detail: 'the municipality made no such request' };

/** The handler of `number-request-state` at a municipality: how its requests stand at the centre. */
export function noteRequestStates(context: NumberingContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    const read = messages.map((message) =>
      link.from === NATIONAL_SITE ? numberRequestStateBody.safeParse(message.body).data : undefined,
    );
    // of two states of a request in one envelope the later stands
    const states = new Map<string, NumberRequestState>();
    for (const one of read) if (one) states.set(one.requestId, one);
    const told = [...states.values()];
    const now = new Date(context.clock.now());
    const noted = await tx<{ requestId: string }[]>`
      UPDATE numbering.municipal_number_request r SET state = s.state, cause = s.cause, told_at = ${now}
      FROM unnest(${told.map((one) => one.requestId)}::text[], ${told.map((one) => one.residentCode)}::text[],
        ${told.map(({ state }) => state)}::text[], ${told.map(({ cause }) => cause)}::text[])
        AS s(id, code, state, cause)
      WHERE municipality_code = ${municipality} AND request_id = s.id AND resident_code = s.code
      RETURNING request_id AS "requestId"`;
    const known = new Set(noted.map((one) => one.requestId));
    const site = municipalSite(municipality);
    await recordEntries(
      tx,
      told
        .filter((one) => known.has(one.requestId))
        .map((one) => ({
          site,
          at: now.getTime(),
          actorKind: 'site' as const,
          actor: link.from,
          terminal: 'link',
          article: '番号法 第8条',
          affair: 'numbering',
          subject: context.pseudonyms.of(site, one.residentCode),
          fields: ['number-request'],
          result: one.cause ?? one.state,
          correlation: link.link,
        })),
    );
    return read.map((one) => (!one ? INVALID : known.has(one.requestId) ? undefined : UNKNOWN));
  };
}
