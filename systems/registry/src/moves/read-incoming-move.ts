/**
 * The counter of the new municipality sees who is expected, with the card (住民基本台帳法 art. 24-2). Whose information went
 * elsewhere, because the plan was another, has it asked for at the old municipality; the answer comes over the link.
 * Flow: docs/flows/moves.md steps 5 and 6.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { newRequestId } from '@ishizue/http';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { municipalSite } from '../registry-context.ts';
import { type CardAtCounter, type CardFailure, type ProvedCard, proveAtCounter } from './card-proof.ts';
import { recordTouched } from './move-entries.ts';
import { MOVE_OUT_REQUEST } from './move-messages.ts';
import type { MoveOutInformation } from './move-out-information.ts';
import type { MovesContext } from './moves-context.ts';
import { toNational } from './relayed.ts';

export type IncomingFailure = CardFailure | 'nobody-expected';

/** The information that lies here of a move: that of the card's holder and of those who move with them. */
export async function readIncomingMove(
  moves: MovesContext,
  municipality: string,
  access: Access,
  card: CardAtCounter,
): Promise<Result<readonly MoveOutInformation[], IncomingFailure>> {
  const proved = await proveAtCounter(moves, municipality, 'move-in', card, access);
  return inTransaction(moves.registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const expected = proved.ok ? await expectedWith(tx, municipality, proved.value.residentCode) : [];
    const outcome: Result<readonly MoveOutInformation[], IncomingFailure> = !proved.ok
      ? proved
      : expected.length === 0
        ? fail('nobody-expected', 'no information on the holder of the card is here')
        : ok(expected);
    const holder = proved.ok ? proved.value.residentCode : '';
    const codes = outcome.ok ? expected.map(({ residentCode }) => residentCode) : [holder];
    const result = outcome.ok ? 'ok' : outcome.failure.code;
    const touched = codes.map((code) => ({ residentCode: code, fields: ['move-out-information'], result }));
    await recordTouched(tx, moves.registry, municipality, access, touched);
    return outcome;
  });
}

/**
 * All that is here of a person's move, the person first; locked, for a move-in may follow. Where a municipality that the
 * person had left before has said something late, the one that they came to last counts.
 */
export async function expectedWith(
  tx: Tx,
  municipality: string,
  residentCode: string,
): Promise<readonly MoveOutInformation[]> {
  const rows = await tx<{ information: MoveOutInformation }[]>`
    SELECT i.information FROM registry.municipal_incoming_move i
    JOIN (SELECT from_municipality, move_id FROM registry.municipal_incoming_move
      WHERE municipality_code = ${municipality} AND resident_code = ${residentCode} AND state = 'here'
      ORDER BY information ->> 'residentSince' DESC, changed_at DESC LIMIT 1) of_holder USING (from_municipality, move_id)
    WHERE i.municipality_code = ${municipality} AND i.state = 'here'
    ORDER BY i.resident_code <> ${residentCode}, i.resident_code FOR UPDATE OF i`;
  return rows.map(({ information }) => information);
}

export type AskFailure = CardFailure | 'municipality-not-served' | 'asked-of-itself';

/** Asks the old municipality for the information; the answer is a request's id, by which its state is read. */
export async function requestInformation(
  moves: MovesContext,
  municipality: string,
  access: Access,
  from: string,
  card: CardAtCounter,
): Promise<Result<{ readonly requestId: string }, AskFailure>> {
  const { registry } = moves;
  const requestId = newRequestId();
  const traced = { ...access, correlation: requestId };
  const proved = await proveAtCounter(moves, municipality, 'move-in', card, traced);
  const holder = proved.ok ? proved.value.residentCode : '';
  const outcome: Result<ProvedCard, AskFailure> =
    from === municipality
      ? fail('asked-of-itself', 'the information of a mover from here is here')
      : moves.participates(from)
        ? proved
        : fail('municipality-not-served', 'no link leads to the old municipality');
  const result = await inTransaction(registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const code = outcome.ok ? 'ok' : outcome.failure.code;
    const touched = { residentCode: holder, fields: ['move-out-information', 'requested'], result: code };
    await recordTouched(tx, registry, municipality, traced, [touched]);
    if (!outcome.ok) return outcome;
    const { residentCode, proof } = outcome.value;
    await tx`
      INSERT INTO registry.municipal_information_request
        (municipality_code, request_id, from_municipality, resident_code, state, requested_at)
      VALUES (${municipality}, ${requestId}, ${from}, ${residentCode}, 'open', ${new Date(registry.clock.now())})`;
    const body = { from: municipality, to: from, correlation: requestId, residentCode, proof };
    await sendAll(tx, [toNational(MOVE_OUT_REQUEST, body)]);
    return ok({ requestId });
  });
  registry.wake();
  return result;
}

export interface RequestedInformation {
  readonly state: 'open' | 'answered' | 'refused';
  /** Why it was refused. */
  readonly code: string | null;
}

/** What has become of a request; it says nothing of the person. */
export function informationRequestState(
  moves: MovesContext,
  municipality: string,
  requestId: string,
): Promise<Result<RequestedInformation, 'request-unknown'>> {
  return inTransaction(moves.registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const [row] = await tx<RequestedInformation[]>`
      SELECT state, code FROM registry.municipal_information_request
      WHERE municipality_code = ${municipality} AND request_id = ${requestId}`;
    return row ? ok({ ...row }) : fail('request-unknown', 'there is no such request');
  });
}
