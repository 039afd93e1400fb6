/**
 * Whether the ground that is named for a card is so, by what the centre itself knows of the person's cards: a lost card was given
 * up, a full column was found full, a card that departed is void for that. Nobody's word makes a card free, but for a chip that
 * a counter finds dead in the card that lies before it. And which ground the records give where none is named.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { isRenewal } from '../card/card-expiry.ts';
import type { CardState } from '../card/card-lifecycle.ts';
import type { VoidReason } from '../card/void-reason.ts';
import { GROUNDS, ISSUE_GROUNDS, type IssueGround } from './issue-grounds.ts';

/** The ground is not what the centre knows of the person's cards. */
export type GroundFailure = 'ground-not-proved';

export interface ProvedGround {
  readonly previousCard: string | null;
  readonly eventOn: IsoDate | null;
  readonly hasCardSince: boolean;
  readonly voidFor_days: number | undefined;
}

/** What is named: the ground, and what goes with it. */
export interface NamedGround {
  readonly ground: IssueGround;
  /** Of the event that gives the ground, where the centre does not know it itself. */
  readonly eventOn?: IsoDate | null | undefined;
  /** The serial of the card that a counter had before it, its chip dead. */
  readonly cardInHand?: string | null | undefined;
}

/** The card that a person had in hand last. One that nobody was handed is none. */
export interface LastCard {
  readonly cardId: string;
  readonly residentCode: string;
  readonly state: CardState;
  /** Of its last change. */
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

/** @param last of all codes that the person has had: a card that ended with a code is the card before */
export function proveGround(
  named: NamedGround,
  last: LastCard | undefined,
  today: IsoDate,
): Result<ProvedGround, GroundFailure> {
  const { ground } = named;
  if (!GROUNDS[ground].isReissue) {
    const eventOn = named.eventOn ?? null;
    const hasCardSince = last !== undefined && (eventOn === null || last.issuedOn >= eventOn);
    // a first card is a first one; of somebody who came back, the first since
    if (last && (ground === 'first' || ground === 'newborn')) return notProved('the person had a card');
    return ok({ previousCard: null, eventOn, hasCardSince, voidFor_days: undefined });
  }
  if (!last) return notProved('the person never had a card');
  if (!isProvedBy(named, last, today)) return notProved(`the last card is ${last.reason ?? last.state}`);
  const changedOn = dateInTokyo(last.changedAt.getTime());
  const isVoid = last.state === 'void';
  const eventOn = ground === 'face-full' ? last.fullOn : isVoid ? changedOn : today;
  const voidFor_days = isVoid ? daysFrom(changedOn, today) : undefined;
  return ok({ previousCard: last.cardId, eventOn, hasCardSince: false, voidFor_days });
}

const notProved = (detail: string) => fail('ground-not-proved', detail);

function isProvedBy({ ground, cardInHand }: NamedGround, last: LastCard, today: IsoDate): boolean {
  if (ground === 'face-full') return last.fullOn !== null;
  if (ground === 'expiring')
    return (
      last.reason === 'expired' ||
      today > last.expiresOn ||
      isRenewal({ renewsCardOf: last.expiresOn, receivedOn: today })
    );
  if (ground === 'kind-switched') return last.state === 'active';
  if (ground === 'chip-fault' && last.state === 'active') return cardInHand === last.cardId;
  return isVoidFor(ground, last);
}

const isVoidFor = (ground: IssueGround, { state, reason }: LastCard): boolean =>
  state === 'void' && reason !== null && VOID_FOR[ground]?.includes(reason) === true;

/** The ground that the records give by themselves; undefined where only a counter can tell. */
export function groundOnRecord(last: LastCard | undefined, today: IsoDate): IssueGround | undefined {
  if (!last) return 'first';
  if (isProvedBy({ ground: 'expiring' }, last, today)) return 'expiring';
  if (last.state !== 'void') return last.fullOn === null ? undefined : 'face-full';
  return ISSUE_GROUNDS.find((ground) => isVoidFor(ground, last));
}

const daysFrom = (from: IsoDate, to: IsoDate): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/**
 * The last cards of persons, by the code of now.
 * @param codes each code that they have had, with the code of now
 */
export async function findLastCards(
  tx: Tx,
  codes: readonly (readonly [had: string, now: string])[],
): Promise<ReadonlyMap<string, LastCard>> {
  const rows = await tx<(LastCard & { readonly person: string })[]>`
    SELECT DISTINCT ON (given.now) given.now AS person, c.card_id AS "cardId", c.resident_code AS "residentCode", c.state,
      h.reason, h.changed_at AS "changedAt", c.expires_on AS "expiresOn", c.issued_on AS "issuedOn", f.found_on AS "fullOn"
    FROM unnest(${codes.map(([had]) => had)}::text[], ${codes.map(([, now]) => now)}::text[]) AS given(had, now)
      JOIN cards.card c ON c.resident_code = given.had
      JOIN cards.card_change h USING (card_id, sequence)
      LEFT JOIN cards.face_full f USING (card_id)
      CROSS JOIN LATERAL (SELECT min(a.changed_at) AS handed_at FROM cards.card_change a
        WHERE a.card_id = c.card_id AND a.state = 'active') hand
    WHERE hand.handed_at IS NOT NULL
    ORDER BY given.now, hand.handed_at DESC, c.state = 'void'`;
  return new Map(rows.map(({ person, ...last }) => [person, last]));
}
