/**
 * What the counter says of a hand-over, checked at the door by the rule of the day: who came, with which documents, and on what
 * certified ground somebody comes for the holder (個人番号カード省令 art. 14, 施行令 art. 13; domain rules 5.3). Nobody below fifteen
 * comes alone. A card that goes by post was asked for at the counter in person: the documents were shown then.
 */
import { createHash } from 'node:crypto';
import type { IsoDate } from '@ishizue/clock';
import { hasPhotograph, isIdentityProved } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { carriesSignature } from '../card/card-expiry.ts';
import type { OrderStanding } from '../making/order-store.ts';

export const RECEIVERS = ['holder', 'legal-representative', 'proxy', 'post'] as const;
export type Receiver = (typeof RECEIVERS)[number];

/** Why somebody else comes, each shown by a paper: of representatives what they are, of proxies what keeps the holder away. */
const GROUNDS = {
  'legal-representative': ['parent-by-family-register', 'guardian-by-registration', 'same-household-parent'],
  proxy: [
    'illness-by-doctor',
    'disability-by-handbook',
    'care-by-facility',
    'custody-by-institution',
    'study-abroad-by-school',
    'shut-in-by-support-body',
    'advanced-age-by-certificate',
  ],
} as const;
export const ALL_GROUNDS = [...GROUNDS['legal-representative'], ...GROUNDS.proxy] as const;

export const OLD_CARDS = ['none', 'returned', 'lost'] as const;
export type OldCard = (typeof OLD_CARDS)[number];

export interface HandOverFacts {
  readonly receiver: Receiver;
  /** That prove the holder. */
  readonly documents: readonly string[];
  /** That prove whoever comes for the holder; none where nobody does. */
  readonly receiverDocuments: readonly string[];
  readonly ground: string | null;
  /** What became of the card before this one. */
  readonly oldCard: OldCard;
  /** The operator who looked at the documents. */
  readonly checkedBy: string;
}

export type FactsFailure =
  | 'identity-not-proved'
  | 'receiver-not-proved'
  | 'ground-not-certified'
  | 'representative-needed'
  /** Without the holder a document with a photograph is what the face on the card is compared with. */
  | 'photograph-needed'
  | 'not-by-post';

export interface FactsCase {
  readonly order: Pick<OrderStanding, 'delivery' | 'visitDocuments'>;
  readonly birthDate: string;
  readonly today: IsoDate;
}

export function checkFacts(
  facts: HandOverFacts,
  { order, birthDate, today }: FactsCase,
): Result<undefined, FactsFailure> {
  const { receiver, documents, receiverDocuments, ground } = facts;
  if (receiver === 'post')
    return order.delivery === 'post' && order.visitDocuments
      ? ok(undefined)
      : fail('not-by-post', 'nobody’s identity was checked at the application: the card is fetched');
  if (!isIdentityProved(documents, today))
    return fail('identity-not-proved', 'one document of the first class, or two');
  if (receiver === 'holder')
    return carriesSignature(birthDate, today)
      ? ok(undefined)
      : fail('representative-needed', 'below fifteen the legal representative comes');
  if (!isIdentityProved(receiverDocuments, today))
    return fail('receiver-not-proved', 'of whoever comes one document of the first class, or two');
  if (!GROUNDS[receiver].some((each) => each === ground))
    return fail('ground-not-certified', 'why somebody else comes is shown by a paper');
  return receiver === 'legal-representative' || hasPhotograph(documents, today)
    ? ok(undefined)
    : fail('photograph-needed', 'one of the holder’s documents has a photograph');
}

export interface OldCardCase {
  readonly facts: Pick<HandOverFacts, 'receiver' | 'oldCard'>;
  /** Of the card before: the one that the person has, or that it is void. */
  readonly standing: 'none' | 'void' | 'active' | 'suspended';
  readonly order: Pick<OrderStanding, 'visitDocuments'>;
}

/**
 * The card before is there in exchange. One that is void may have been lost; one that is still good comes back, or is given up for
 * lost first. By post nobody stands there: it was shown at the visit, and ends as the new one proves itself.
 */
export function checkOldCard({ facts, standing, order }: OldCardCase): Result<undefined, 'old-card-missing'> {
  const { receiver, oldCard } = facts;
  const isShown = receiver === 'post' && order.visitDocuments?.includes('individual-number-card') === true;
  const isThere = {
    none: true,
    void: oldCard !== 'none' || isShown,
    active: oldCard === 'returned' || isShown,
    suspended: oldCard === 'returned',
  };
  return isThere[standing]
    ? ok(undefined)
    : fail('old-card-missing', 'the person had a card before: it comes back, or was given up for lost');
}

/** Of all that is said: the same request says the same. 32 octets. */
export function factsDigest(facts: HandOverFacts, about: readonly string[]): Buffer {
  const { receiver, documents, receiverDocuments, ground, oldCard, checkedBy } = facts;
  const said = [
    about,
    receiver,
    [...documents].sort(),
    [...receiverDocuments].sort(),
    ground,
    oldCard,
    checkedBy,
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest();
}
