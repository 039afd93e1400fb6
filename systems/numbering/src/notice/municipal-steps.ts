/**
 * A notice that did not arrive comes back to the municipality, which holds it, hands it over at the counter or disposes of
 * it, and tells the centre over its link. Who tells of a notice names the person: a notice of somebody else, or of
 * another municipality's address, is refused and parked. Flow: docs/flows/numbering.md.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordEntries, recordEntry } from '@ishizue/ledger';
import { type Handler, sendAll } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { type Access, municipalSite, NATIONAL_SITE, parseResidentCode } from '@ishizue/registry';
import { z } from 'zod';
import { NOTICE_AFFAIR, type NoticeContext } from './notice-context.ts';
import { RETURN_REASONS } from './notice-lifecycle.ts';
import type { NumberNotice } from './notice-store.ts';
import { applyNoticeOrders, type ForbidStep } from './take-notice-steps.ts';

export const NUMBER_NOTICE_STEP = 'number-notice-step';

const about = { noticeId: z.int().min(1), residentCode: z.string().regex(/^\d{11}$/), on: z.iso.date() };
export const municipalStepBody = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('return'), returnReason: z.enum(RETURN_REASONS), ...about }),
  z.strictObject({ step: z.enum(['hold', 'hand-over', 'dispose']), ...about }),
]);

/** What a municipality says of one notice; `residentCode` is whose it is. */
export type MunicipalNoticeStep = z.infer<typeof municipalStepBody>;

export type MunicipalStepFailure =
  | 'notice-step-invalid'
  | 'notice-date-in-the-future'
  | 'resident-code-malformed'
  | 'resident-code-check-digit';

/** Tells the centre of a step. Whether the notice allows it is the centre's to say: what it refuses is parked there. */
export async function tellNoticeStep(
  context: NoticeContext,
  municipality: string,
  access: Access,
  step: MunicipalNoticeStep,
): Promise<Result<undefined, MunicipalStepFailure>> {
  const site = municipalSite(municipality);
  const told = await inTransaction(context.sql, { site }, async (tx) => {
    const checked = checkStep(step, dateInTokyo(context.clock.now()));
    await recordEntry(tx, {
      site,
      at: context.clock.now(),
      ...access,
      subject: checked.ok ? context.pseudonyms.of(site, step.residentCode) : null,
      fields: ['number-notice', checked.ok ? step.step : 'refused'],
      result: checked.ok ? 'ok' : checked.failure.code,
    });
    if (!checked.ok) return checked;
    const link = `${site}>${NATIONAL_SITE}:numbering`;
    await sendAll(tx, [{ link, subject: step.residentCode, topic: NUMBER_NOTICE_STEP, body: step }]);
    return ok(undefined);
  });
  context.wake();
  return told;
}

function checkStep(step: MunicipalNoticeStep, today: string): Result<undefined, MunicipalStepFailure> {
  if (!municipalStepBody.safeParse(step).success)
    return fail('notice-step-invalid', 'the step is not in the agreed form');
  const code = parseResidentCode(step.residentCode);
  if (!code.ok) return code;
  if (step.on > today) return fail('notice-date-in-the-future', 'the date is in the future');
  return ok(undefined);
}

const INVALID: Failure = { code: 'notice-step-invalid', detail: 'the step is not in the agreed form' };

/** The handler of `number-notice-step` at the centre. */
export function applyMunicipalSteps(context: Pick<NoticeContext, 'clock' | 'pseudonyms'>): Handler {
  return async (tx, link, messages) => {
    const parsed = messages.map((message) => municipalStepBody.safeParse(message.body));
    const steps = parsed.flatMap((one) => (one.success ? [one.data] : []));
    const forbid: ForbidStep<MunicipalNoticeStep> = (step, notice) => notYours(step, notice, link.from);
    const taken = await applyNoticeOrders(tx, context, link.from, steps, forbid);
    const at = context.clock.now();
    await recordEntries(
      tx,
      taken.map(({ notice, result }, index) => ({
        site: NATIONAL_SITE,
        at,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '番号法 第7条',
        affair: NOTICE_AFFAIR,
        subject: notice ? context.pseudonyms.of(NATIONAL_SITE, notice.residentCode) : null,
        fields: ['number-notice', steps[index]?.step ?? ''],
        result: result.ok ? 'ok' : result.failure.code,
        correlation: link.link,
      })),
    );
    let next = 0;
    return parsed.map((one) => {
      if (!one.success) return INVALID;
      const result = taken[next++]?.result;
      return result === undefined || result.ok ? undefined : result.failure;
    });
  };
}

function notYours(step: MunicipalNoticeStep, notice: NumberNotice, from: string) {
  if (notice.municipality === null || municipalSite(notice.municipality) !== from)
    return fail('notice-of-another-municipality', 'the notice was printed for another municipality');
  if (notice.residentCode !== step.residentCode)
    return fail('notice-of-another-person', 'the notice is another person’s');
  return undefined;
}
