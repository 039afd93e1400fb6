/** What may be told after questions that were answered rightly: how the card stands. Once told, the check is used. */
import { type CardState, findHeldCard } from '@ishizue/cards';
import type { IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { recordAbout } from '../record-about.ts';
import { lockCheck, setCheckState } from './check-store.ts';

export type TellFailure = 'check-unknown' | 'check-not-passed' | 'check-over';

/** Null of whoever has no card that is not void. */
export interface ToldStanding {
  readonly card: { readonly state: CardState; readonly expiresOn: IsoDate } | null;
}

export async function tellStanding(
  context: HelpDeskContext,
  access: Access,
  checkId: string,
): Promise<Result<ToldStanding, TellFailure>> {
  const { clock, sql } = context;
  const code = await inTransaction(
    sql,
    { site: NATIONAL_SITE },
    async (tx): Promise<Result<string, TellFailure>> => {
      const check = await lockCheck(tx, checkId);
      if (check?.operator !== access.actor || check.purpose !== 'standing')
        return fail('check-unknown', 'no such check of this operator');
      const isPassed = check.state === 'passed' && check.residentCode !== null;
      const isOver = check.state === 'used' || clock.now() >= check.endsAt.getTime();
      const refusal = isOver ? 'check-over' : isPassed ? undefined : 'check-not-passed';
      await recordAbout(tx, context, access, {
        subject: check.subject,
        fields: ['card-standing'],
        result: refusal ?? 'ok',
      });
      if (refusal) return fail(refusal, 'nothing may be told by this check');
      await setCheckState(tx, checkId, 'used');
      return ok(check.residentCode ?? '');
    },
  );
  if (!code.ok) return code;
  const card = await findHeldCard(context.cards, access, { residentCode: code.value });
  return ok({ card: card ? { state: card.state, expiresOn: card.expiresOn } : null });
}
