/**
 * 転入届 (住民基本台帳法 art. 22, 24-2): persons of one move become residents together, or none of them. Their data come from the
 * information that the old municipality sent (special, with the card), or are typed in from its certificate (paper). The
 * move-in notice (art. 9) goes back in the transaction that writes the records. Flow: docs/flows/moves.md steps 7 and 8.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { type AddressedMessage, sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import type { MoveIn } from '../events/move-in.ts';
import { formatAddress } from '../identity/address.ts';
import { allOrNothing } from '../municipal/all-or-nothing.ts';
import { takeTurns } from '../municipal/decide-event.ts';
import { type RecordFailure, recordUnsent } from '../municipal/record-event.ts';
import type { RecordedEvent } from '../municipal/recorded-request.ts';
import { requestDigest } from '../municipal/recorded-request.ts';
import type { PersonalDetails, ResidentialAddress } from '../municipal/resident.ts';
import { findResident } from '../municipal/resident-store.ts';
import type { SealedNumber } from '../numbers/number-cipher.ts';
import { municipalSite } from '../registry-context.ts';
import { type CardAtCounter, type CardFailure, proveAtCounter } from './card-proof.ts';
import { recordTouched } from './move-entries.ts';
import { isLateNotice, isSpecialMoveInOpen } from './move-limits.ts';
import { MOVE_IN_NOTICE } from './move-messages.ts';
import type { MovesContext } from './moves-context.ts';
import { expectedWith } from './read-incoming-move.ts';
import { toNational } from './relayed.ts';

/** Where the movers live from now on. */
export interface NewHome {
  readonly movedOn: IsoDate;
  readonly address: ResidentialAddress;
  /** An existing household; absent, the first mover is the head of a new one. */
  readonly joins?: { readonly householdNumber: string };
}

/** With the card: who of those expected has come, and what they are to the head of the new household. */
export interface SpecialMoveIn extends NewHome {
  readonly basis: 'special';
  readonly card: CardAtCounter;
  readonly movers: readonly { readonly residentCode: string; readonly relationship: string }[];
}

/** With the certificate: what it says, typed in. */
export interface PaperMoveIn extends NewHome {
  readonly basis: 'certificate';
  readonly from: string;
  readonly plannedOn: IsoDate;
  readonly previousAddress: string;
  readonly movers: readonly CertifiedMover[];
}

export interface CertifiedMover {
  readonly residentCode: string;
  readonly individualNumber: SealedNumber | null;
  readonly details: PersonalDetails;
  readonly relationship: string;
}

export type MoveInFailure =
  | RecordFailure
  | CardFailure
  | 'nobody-expected'
  | 'mover-not-expected'
  | 'card-not-of-mover'
  | 'special-move-in-over'
  | 'came-from-itself'
  | 'municipality-not-served';

export interface RecordedMoveIn {
  readonly residents: readonly RecordedEvent[];
  /** Declared after the days that the law gives; the officer reports it. */
  readonly isLate: boolean;
}

/** Records a move-in under its request id, once. */
export async function recordMoveIn(
  moves: MovesContext,
  municipality: string,
  access: Access,
  requestId: string,
  moveIn: SpecialMoveIn | PaperMoveIn,
): Promise<Result<RecordedMoveIn, MoveInFailure>> {
  const { registry } = moves;
  const proved =
    moveIn.basis === 'special'
      ? await proveAtCounter(moves, municipality, 'move-in', moveIn.card, access)
      : undefined;
  const holder = proved?.ok ? proved.value.residentCode : undefined;
  const result = await inTransaction(registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const order = { municipality, access, requestId, moveIn, holder };
    const written =
      proved && !proved.ok ? proved : await allOrNothing(tx, (inner) => write(inner, moves, order));
    if (!written.ok) {
      const { code } = written.failure;
      await recordTouched(tx, registry, municipality, access, moveIn.movers.map(refusedWith(code)));
      return written;
    }
    await sendAll(tx, written.value.messages);
    return ok(written.value.recorded);
  });
  registry.wake();
  return result;
}

/** Of a refusal; what is recorded has the entries of its events. */
const refusedWith =
  (result: string) =>
  ({ residentCode }: { readonly residentCode: string }) => ({
    residentCode,
    fields: ['resident-record', 'move-in'],
    result,
  });

interface Order {
  readonly municipality: string;
  readonly access: Access;
  readonly requestId: string;
  readonly moveIn: SpecialMoveIn | PaperMoveIn;
  readonly holder: string | undefined;
}

interface Written {
  readonly recorded: RecordedMoveIn;
  readonly messages: readonly AddressedMessage[];
}

/** What one mover is entered with. */
interface Arriving extends CertifiedMover {
  readonly from: string;
  readonly previousAddress: string;
  /** From the special information: since when the person lived at the old municipality, and the move it is part of. */
  readonly special?: {
    readonly residentSince: IsoDate;
    readonly plannedOn: IsoDate;
    readonly moveId: string;
  };
}

async function write(tx: Tx, moves: MovesContext, order: Order): Promise<Result<Written, MoveInFailure>> {
  const { municipality, requestId, moveIn, holder } = order;
  await takeTurns(tx, `${municipality} ${requestId}`);
  const { card: _card, ...declared } = moveIn.basis === 'special' ? moveIn : { ...moveIn, card: undefined };
  const digest = requestDigest(tx, { ...declared, holder: holder ?? null });
  const [earlier] = await tx<{ answer: RecordedMoveIn; isSame: boolean }[]>`
    SELECT answer, request_sha256 = ${digest} AS "isSame" FROM registry.municipal_move_in
    WHERE municipality_code = ${municipality} AND request_id = ${requestId}`;
  if (earlier)
    return earlier.isSame
      ? ok({ recorded: earlier.answer, messages: [] })
      : fail('request-id-reused', 'this request id was used for another move-in');
  const arriving = await findArriving(tx, moves, order);
  if (!arriving.ok) return arriving;
  const today = dateInTokyo(moves.registry.clock.now());
  const entered = await enterAll(tx, moves, order, arriving.value);
  if (!entered.ok) return entered;
  const isLate = isLateNotice(moveIn.movedOn, today);
  const recorded = { residents: entered.value.residents, isLate };
  await useUp(tx, moves, municipality, arriving.value);
  await tx`
    INSERT INTO registry.municipal_move_in (municipality_code, request_id, request_sha256, answer, recorded_at)
    VALUES (${municipality}, ${requestId}, ${digest}, ${tx.json({ ...recorded, residents: recorded.residents.map((one) => ({ ...one })) })},
      ${new Date(moves.registry.clock.now())})`;
  const notices = arriving.value.map((mover) => noticeOf(moves, order, mover));
  return ok({ recorded, messages: [...entered.value.messages, ...notices] });
}

/** The movers with their data, where they may move in. */
async function findArriving(
  tx: Tx,
  moves: MovesContext,
  { municipality, moveIn, holder }: Order,
): Promise<Result<readonly Arriving[], MoveInFailure>> {
  if (moveIn.basis === 'certificate') {
    const { from, previousAddress } = moveIn;
    if (from === municipality) return fail('came-from-itself', 'the certificate is of this municipality');
    if (!moves.participates(from))
      return fail('municipality-not-served', 'no link leads to the old municipality; record a plain move-in');
    return ok(moveIn.movers.map((mover) => ({ ...mover, from, previousAddress })));
  }
  if (!moveIn.movers.some(({ residentCode }) => residentCode === holder))
    return fail('card-not-of-mover', 'the holder of the card is not among those who move in');
  const expected = await expectedWith(tx, municipality, holder ?? '');
  if (expected.length === 0)
    return fail('nobody-expected', 'no information on the holder of the card is here');
  const today = dateInTokyo(moves.registry.clock.now());
  const arriving: Arriving[] = [];
  for (const { residentCode, relationship } of moveIn.movers) {
    const one = expected.find((information) => information.residentCode === residentCode);
    if (!one) return fail('mover-not-expected', 'a mover is not in the information of this move');
    const { individualNumber, details, residentSince, plannedOn } = one;
    if (!isSpecialMoveInOpen(plannedOn, moveIn.movedOn, today))
      return fail('special-move-in-over', 'the special move-in has lost its effect: a certificate is needed');
    if (moveIn.movedOn < residentSince)
      return fail('event-before-entry', 'the move is before the person came to the old municipality');
    const from = one.municipality;
    const previousAddress = one.address;
    arriving.push({ residentCode, individualNumber, details, relationship, from, previousAddress });
  }
  return ok(arriving);
}

/** Enters the movers, the first one first: of a new household the head. At the most one household. */
async function enterAll(
  tx: Tx,
  moves: MovesContext,
  { municipality, access, requestId, moveIn }: Order,
  arriving: readonly Arriving[],
): Promise<
  Result<Pick<Written, 'messages'> & { readonly residents: readonly RecordedEvent[] }, MoveInFailure>
> {
  const messages: AddressedMessage[] = [];
  const residents: RecordedEvent[] = [];
  let householdNumber = moveIn.joins?.householdNumber;
  for (const [index, mover] of arriving.entries()) {
    const event: MoveIn = {
      reason: 'move-in',
      residentCode: mover.residentCode,
      individualNumber: mover.individualNumber,
      eventDate: moveIn.movedOn,
      noticedOn: dateInTokyo(moves.registry.clock.now()),
      details: mover.details,
      address: moveIn.address,
      previousAddress: mover.previousAddress,
      ...(householdNumber === undefined
        ? {}
        : { joins: { householdNumber, relationship: mover.relationship } }),
    };
    const entered = await recordUnsent(
      tx,
      moves.registry,
      municipality,
      access,
      `${requestId} ${index}`,
      event,
    );
    if (!entered.ok) return entered;
    residents.push(entered.value.recorded);
    messages.push(...entered.value.notices);
    householdNumber ??= (await findResident(tx, municipality, mover.residentCode))?.householdNumber;
  }
  return ok({ messages, residents });
}

/** The information has served, also where the person came with a paper: its content goes, that it was used stays. */
async function useUp(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  arriving: readonly Arriving[],
): Promise<void> {
  await tx`
    UPDATE registry.municipal_incoming_move i
    SET state = 'used', information = NULL, changed_at = ${new Date(moves.registry.clock.now())}
    FROM unnest(${arriving.map(({ from }) => from)}::text[],
      ${arriving.map(({ residentCode }) => residentCode)}::text[]) AS u(from_municipality, resident_code)
    WHERE i.municipality_code = ${municipality} AND i.from_municipality = u.from_municipality
      AND i.resident_code = u.resident_code AND i.state = 'here'`;
}

function noticeOf(
  moves: MovesContext,
  { municipality, access, moveIn }: Order,
  mover: Arriving,
): AddressedMessage {
  const { name, birthDate, sex } = mover.details;
  return toNational(MOVE_IN_NOTICE, {
    from: municipality,
    to: mover.from,
    correlation: access.correlation,
    residentCode: mover.residentCode,
    name,
    birthDate,
    sex,
    movedOn: moveIn.movedOn,
    address: formatAddress(moves.registry.municipalities, municipality, moveIn.address),
  });
}
