/**
 * What becomes of number notices, told by the centre's own officers (posted, delivered, returned). Each order is decided
 * against the notice as it stands after the ones before it; what is refused changes nothing, and every order is a
 * ledger entry. Flow: docs/flows/numbering.md.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { NoticeContext } from './notice-context.ts';
import { decideNoticeStep, type NoticeStep, type NoticeStepFailure } from './notice-lifecycle.ts';
import {
  knownPostingNumbers,
  lockNotices,
  type NoticeChange,
  type NumberNotice,
  storeNoticeChanges,
} from './notice-store.ts';

/** One step of one notice. */
export type NoticeOrder = NoticeStep & { readonly noticeId: number };

export type NoticeOrderFailure =
  | NoticeStepFailure
  | 'notice-not-found'
  | 'notice-of-another-person'
  | 'notice-of-another-municipality'
  | 'notice-step-not-yours'
  | 'posting-number-used';

/** The centre's own steps; the others are the municipality's, or the print's. */
const CENTRE_STEPS: ReadonlySet<string> = new Set(['post', 'deliver', 'return', 'withdraw']);

const NOTICE_ORDERS_MAX = 10_000;

/** Takes steps at the centre; answers for each order, in the order given, the notice or the refusal. */
export async function takeNoticeSteps(
  context: NoticeContext,
  access: Access,
  orders: readonly NoticeOrder[],
): Promise<readonly Result<NumberNotice, NoticeOrderFailure>[]> {
  if (orders.length > NOTICE_ORDERS_MAX) throw new Error(`${orders.length} orders at once`);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const taken = await applyNoticeOrders(tx, context, access.actor, orders, ({ step }) =>
      CENTRE_STEPS.has(step) ? undefined : fail('notice-step-not-yours', `the centre does not ${step}`),
    );
    const at = context.clock.now();
    await recordEntries(
      tx,
      taken.map(({ notice, result }, index) => ({
        site: NATIONAL_SITE,
        at,
        ...access,
        subject: notice ? context.pseudonyms.of(NATIONAL_SITE, notice.residentCode) : null,
        fields: ['number-notice', orders[index]?.step ?? ''],
        result: result.ok ? 'ok' : result.failure.code,
      })),
    );
    return taken.map(({ result }) => result);
  });
}

type Refusal = Extract<Result<never, NoticeOrderFailure>, { readonly ok: false }>;

/** Why this teller may not order the step of this notice, if so. */
export type ForbidStep<Order> = (order: Order, notice: NumberNotice) => Refusal | undefined;

interface Taken {
  /** The notice that the order names, as it was before, where there is one. */
  readonly notice: NumberNotice | undefined;
  readonly result: Result<NumberNotice, NoticeOrderFailure>;
}

/** Decides the orders one after the other and stores what they lead to. `tx` is scoped to the national site. */
export async function applyNoticeOrders<Order extends NoticeOrder>(
  tx: Tx,
  context: Pick<NoticeContext, 'clock'>,
  actor: string,
  orders: readonly Order[],
  forbid: ForbidStep<Order>,
): Promise<readonly Taken[]> {
  const now = context.clock.now();
  const today = dateInTokyo(now);
  const before = await lockNotices(tx, [...new Set(orders.map(({ noticeId }) => noticeId))]);
  const posted = orders.flatMap((order) => (order.step === 'post' ? [order.postingNumber] : []));
  const used = new Set(await knownPostingNumbers(tx, posted));
  const standing = new Map<number, NoticeChange>();
  const taken = orders.map((order): Taken => {
    const was = before.get(order.noticeId);
    if (!was) return { notice: was, result: fail('notice-not-found', 'there is no such notice') };
    const change = standing.get(order.noticeId) ?? { notice: was, taken: [] };
    const result = decideOrder(change.notice, order, today, used, forbid(order, was));
    if (result.ok) {
      if (order.step === 'post') used.add(order.postingNumber);
      standing.set(order.noticeId, { notice: result.value, taken: [...change.taken, order] });
    }
    return { notice: was, result };
  });
  await storeNoticeChanges(tx, [...standing.values()], actor, now);
  return taken;
}

function decideOrder(
  notice: NumberNotice,
  order: NoticeOrder,
  today: string,
  used: ReadonlySet<string>,
  forbidden: Refusal | undefined,
): Result<NumberNotice, NoticeOrderFailure> {
  if (forbidden) return forbidden;
  if (order.step === 'post' && used.has(order.postingNumber))
    return fail('posting-number-used', 'another notice has this posting number');
  const decided = decideNoticeStep(notice, order, today);
  return decided.ok ? ok({ ...notice, ...decided.value }) : decided;
}
