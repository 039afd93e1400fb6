/**
 * Whether the ground that a counter names for a card is so, by what the centre itself knows of the person's cards: a lost card
 * was given up, a full column was found full, a card that departed is void for that. Nobody's word makes a card free.
 */
import { addDays, dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { isRenewal } from '../card/card-expiry.ts';
import type { VoidReason } from '../card/void-reason.ts';
import { GROUNDS, type IssueGround } from './issue-grounds.ts';

/** The ground is not what the centre knows of the person's cards. */
export type GroundFailure = 'ground-not-proved';

export interface ProvedGround {
  readonly previousCard: string | null;
  readonly eventOn: IsoDate | null;
  readonly hasCardSince: boolean;
  readonly voidFor_days: number | undefined;
}

interface LastCard {
  readonly cardId: string;
  readonly state: string;
  readonly reason: VoidReason | null;
  readonly changedAt: Date;
  readonly expiresOn: IsoDate;
  readonly fullOn: IsoDate | null;
  readonly issuedOn: IsoDate;
}

/** The reasons for which the card before is void, by ground; a card with another reason proves another ground. */
const VOID_FOR: Readonly<Partial<Record<IssueGround, readonly VoidReason[]>>> = {
  lost: ['lost'],
  damaged: ['damaged'],
  'chip-fault': ['defective'],
  'office-fault': ['issued-in-error', 'duplicate-issue'],
  'code-changed': ['code-changed'],
  'number-changed': ['number-changed'],
  'departed-abroad': ['departed-abroad'],
  'move-limit-missed': ['move-limit-missed', 'continuing-use-missed', 'moved-again'],
  returned: ['returned'],
};

/** @param residentCodes all that the person has had: a card that ended with a code is the card before */
export async function proveGround(
  tx: Tx,
  wish: { readonly ground: IssueGround; readonly eventOn?: IsoDate | undefined },
  residentCodes: readonly string[],
  today: IsoDate,
): Promise<Result<ProvedGround, GroundFailure>> {
  const last = await findLastCard(tx, residentCodes);
  const { ground } = wish;
  if (!GROUNDS[ground].isReissue) {
    const eventOn = wish.eventOn ?? null;
    const isAfter = last !== undefined && (eventOn === null || last.issuedOn >= eventOn);
    // a first card is a first one; of somebody who came back, the first since
    if (last && (ground === 'first' || ground === 'newborn')) return notProved('the person had a card');
    return ok({ previousCard: null, eventOn, hasCardSince: isAfter, voidFor_days: undefined });
  }
  if (!last) return notProved('the person never had a card');
  const changedOn = dateInTokyo(last.changedAt.getTime());
  const eventOn = ground === 'face-full' ? last.fullOn : changedOn;
  if (!isProvedBy(ground, last, today)) return notProved(`the last card is ${last.reason ?? last.state}`);
  const voidFor_days = last.state === 'void' ? daysFrom(changedOn, today) : undefined;
  return ok({ previousCard: last.cardId, eventOn, hasCardSince: false, voidFor_days });
}

const notProved = (detail: string) => fail('ground-not-proved', detail);

function isProvedBy(ground: IssueGround, last: LastCard, today: IsoDate): boolean {
  if (ground === 'face-full') return last.fullOn !== null;
  if (ground === 'expiring')
    return (
      last.reason === 'expired' ||
      today > last.expiresOn ||
      isRenewal({ renewsCardOf: last.expiresOn, receivedOn: today })
    );
  if (ground === 'kind-switched') return last.state === 'active';
  return last.state === 'void' && last.reason !== null && VOID_FOR[ground]?.includes(last.reason) === true;
}

function daysFrom(from: IsoDate, to: IsoDate): number {
  const day = 86_400_000;
  return Math.round((Date.parse(addDays(to, 0)) - Date.parse(from)) / day);
}

/** The card that the person had last. One that nobody was handed is none. */
async function findLastCard(tx: Tx, residentCodes: readonly string[]): Promise<LastCard | undefined> {
  const [row] = await tx<LastCard[]>`
    SELECT c.card_id AS "cardId", c.state, h.reason, h.changed_at AS "changedAt", c.expires_on AS "expiresOn",
      c.issued_on AS "issuedOn", f.found_on AS "fullOn"
    FROM cards.card c JOIN cards.card_change h USING (card_id, sequence) LEFT JOIN cards.face_full f USING (card_id)
    WHERE c.resident_code = ANY(${[...residentCodes]})
      AND EXISTS (SELECT FROM cards.card_change a WHERE a.card_id = c.card_id AND a.state = 'active')
    ORDER BY h.changed_at DESC LIMIT 1`;
  return row;
}
