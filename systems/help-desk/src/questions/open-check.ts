/**
 * A caller is somebody's holder, says the caller: the person is found, by the items of a strict search or by a number that is
 * on paper or card, and what is to be asked is decided. Nobody and more than one are the same answer. The operator learns
 * neither who it is nor anything that is held.
 */
import { hash, randomUUID } from 'node:crypto';
import { findHeldCard, type HeldCard } from '@ishizue/cards';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE, type PersonQuery, searchManyStrictly } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { recordAbout } from '../record-about.ts';
import {
  answersOf,
  countMisses,
  findCheckByRequest,
  type IdentityCheck,
  insertCheck,
  takeTurn,
} from './check-store.ts';
import { type CheckView, viewOfCheck } from './check-view.ts';
import { type CheckPurpose, type FoundBy, QUESTION_RULES, type QuestionRule } from './question-rules.ts';

export type CheckWish = {
  /** Given by the caller: the same request opens one check. */
  readonly requestId: string;
  readonly purpose: CheckPurpose;
} & (
  | { readonly by: 'items'; readonly person: PersonQuery }
  | { readonly by: 'card'; readonly cardId: string }
  | { readonly by: 'application'; readonly applicationId: string }
);

export type OpenCheckFailure =
  | 'search-keys-insufficient'
  | 'search-keys-invalid'
  | 'search-not-ready'
  /** Nobody, or more than one. */
  | 'no-match'
  /** There were too many wrong answers about the person. */
  | 'person-blocked'
  | 'request-id-reused';

interface Found {
  readonly residentCode: string;
  readonly card: HeldCard | undefined;
}

export async function openCheck(
  context: HelpDeskContext,
  access: Access,
  wish: CheckWish,
): Promise<Result<CheckView, OpenCheckFailure>> {
  const { requestId, ...rest } = wish;
  // under the site's key: the digest of a name and a birth date alone would tell both to whoever tries
  const digest = hash('sha256', context.pseudonyms.of(NATIONAL_SITE, JSON.stringify(rest)), 'buffer');
  const earlier = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    findEarlier(tx, access, requestId, digest),
  );
  if (earlier) return earlier;
  const found = await findPersonOf(context, access, wish);
  if (!found.ok) return found;
  return inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    enter(tx, context, access, wish, found.value, digest),
  );
}

/** What the same request opened before, as it stands now. */
async function findEarlier(
  tx: Tx,
  access: Access,
  requestId: string,
  digest: Buffer,
): Promise<Result<CheckView, 'request-id-reused'> | undefined> {
  const check = await findCheckByRequest(tx, requestId);
  if (!check) return undefined;
  return check.requestSha256.equals(digest) && check.operator === access.actor
    ? ok(viewOfCheck(check, await answersOf(tx, check.checkId)))
    : fail('request-id-reused', 'this request id was used for another caller');
}

async function findPersonOf(
  context: HelpDeskContext,
  access: Access,
  wish: CheckWish,
): Promise<Result<Found, OpenCheckFailure>> {
  if (wish.by === 'items') {
    const [match] = await searchManyStrictly(context.registry, access, [wish.person]);
    if (!match) throw new Error('a query was not answered');
    if (!match.ok) {
      const { code, detail } = match.failure;
      return code === 'no-match' || code === 'ambiguous' ? nobody() : fail(code, detail);
    }
    const { residentCode } = match.value.person;
    return ok({ residentCode, card: await findHeldCard(context.cards, access, { residentCode }) });
  }
  const key = wish.by === 'card' ? { cardId: wish.cardId } : { applicationId: wish.applicationId };
  const card = await findHeldCard(context.cards, access, key);
  if (card) return ok({ residentCode: card.residentCode, card });
  await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    recordAbout(tx, context, access, { subject: null, fields: fieldsOf(wish.by), result: 'no-match' }),
  );
  return nobody();
}

const nobody = (): Result<never, 'no-match'> => fail('no-match', 'exactly one person is not meant by this');
const fieldsOf = (by: FoundBy): readonly string[] => ['identity-check', `found-by-${by}`];

async function enter(
  tx: Tx,
  context: HelpDeskContext,
  access: Access,
  wish: CheckWish,
  found: Found,
  requestSha256: Buffer,
): Promise<Result<CheckView, OpenCheckFailure>> {
  const now = context.clock.now();
  const rule = QUESTION_RULES.get(dateInTokyo(now));
  const { requestId, purpose, by } = wish;
  const subject = context.pseudonyms.of(NATIONAL_SITE, found.residentCode);
  await takeTurn(tx, subject);
  const raced = await findEarlier(tx, access, requestId, requestSha256);
  if (raced) return raced;
  const asking = rule.asked[purpose][by];
  // who says everything that would be asked is not held up: a block is not to keep a lost card usable
  const isBlocked = asking.rights_needed > 0 && (await isBlockedNow(tx, rule, purpose, subject, now));
  const record = (result: string) =>
    recordAbout(tx, context, access, { subject, fields: fieldsOf(by), result });
  if (isBlocked) {
    await record('person-blocked');
    return fail('person-blocked', 'too many wrong answers: not now, or at the counter');
  }
  const check: IdentityCheck = {
    checkId: randomUUID(),
    requestSha256,
    purpose,
    subject,
    residentCode: found.residentCode,
    cardId: found.card?.cardId ?? null,
    questions: asking.questions,
    rightsNeeded: asking.rights_needed,
    wrongsMax: rule.wrongs_max,
    state: asking.rights_needed === 0 ? 'passed' : 'open',
    operator: access.actor,
    openedAt: new Date(now),
    endsAt: new Date(now + rule.check_minutes * 60_000),
  };
  await insertCheck(tx, { ...check, requestId });
  await record(check.state);
  return ok(viewOfCheck(check, []));
}

/** Whether there were too many wrong answers about the person of late. The turn is taken. */
export const isBlockedNow = async (
  tx: Tx,
  rule: QuestionRule,
  purpose: CheckPurpose,
  subject: Uint8Array,
  now: number,
): Promise<boolean> =>
  (await countMisses(tx, subject, new Date(now - rule.blocked_minutes[purpose] * 60_000))) >= rule.misses_max;
