/**
 * Cards hear of every change that the national registry records (link `national>national:cards`). Who has died, was removed
 * from the register, or has another resident code (番号法施行令 art. 14) or individual number by now has no card any more: valid
 * cards become void, applications on their way end. Certificates are revoked by the certification authority on its own
 * link, and fall due here besides. Other changes leave cards as they are. Flow: docs/flows/life.md step 8.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import { type Failure, mustSucceed } from '@ishizue/outcome';
import {
  codeChangedBody,
  IDENTITY_CHANGED,
  type IdentityChanged,
  identityChangedBody,
  NATIONAL_SITE,
  RESIDENT_CODE_CHANGED,
} from '@ishizue/registry';
import { lockOpenApplications, storeApplicationChanges } from './application/application-store.ts';
import { decideApplicationChange } from './application/change-application.ts';
import { lockValidCards, storeCardChanges } from './card/card-store.ts';
import { decideCardChange, voidStep } from './card/change-card.ts';
import type { VoidReason } from './card/void-reason.ts';
import type { CardsContext } from './cards-context.ts';

/** The handlers by topic, for the link's receiver. */
export function cardsTopics(context: CardsContext): Readonly<Record<string, Handler>> {
  return {
    [IDENTITY_CHANGED]: endWhere(context, (body) => {
      const parsed = identityChangedBody.safeParse(body);
      if (!parsed.success) return INVALID;
      const reason = voidReasonOf(parsed.data);
      return reason && { residentCode: parsed.data.residentCode, reason };
    }),
    [RESIDENT_CODE_CHANGED]: endWhere(context, (body) => {
      const parsed = codeChangedBody.safeParse(body);
      return parsed.success ? { residentCode: parsed.data.formerCode, reason: 'code-changed' } : INVALID;
    }),
  };
}

const INVALID: Failure = { code: 'identity-body-invalid', detail: 'the notice is not in the agreed form' };

function voidReasonOf(notice: IdentityChanged): VoidReason | undefined {
  if (notice.status === 'deceased') return 'death';
  if (notice.status === 'removed') return 'removed';
  return notice.reason === 'number-changed' ? 'number-changed' : undefined;
}

/** Whose cards end, and why. */
interface Ending {
  readonly residentCode: string;
  readonly reason: VoidReason;
}

/** Takes notices of which each may end a person's cards. */
function endWhere(context: CardsContext, endingOf: (body: unknown) => Ending | Failure | undefined): Handler {
  return async (tx, link, messages) => {
    const reasons = new Map<string, VoidReason>();
    const failures = messages.map((message) => {
      const ending = endingOf(message.body);
      if (ending && 'code' in ending) return ending;
      if (ending) reasons.set(ending.residentCode, ending.reason);
      return undefined;
    });
    if (reasons.size === 0) return failures;
    const touched = await endAll(tx, context, reasons);
    const now = context.clock.now();
    await recordEntries(
      tx,
      touched.map((residentCode) => ({
        site: NATIONAL_SITE,
        at: now,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '番号法 第17条',
        affair: 'card-void',
        correlation: link.link,
        subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
        fields: ['card', 'void'],
        result: 'ok',
      })),
    );
    return failures;
  };
}

/** Ends applications and cards of these persons; answers whose there were. */
async function endAll(
  tx: Tx,
  context: CardsContext,
  reasons: ReadonlyMap<string, VoidReason>,
): Promise<readonly string[]> {
  const now = context.clock.now();
  const codes = [...reasons.keys()];
  const reasonOf = (residentCode: string): VoidReason => {
    const reason = reasons.get(residentCode);
    if (!reason) throw new Error('a row of somebody who was not asked for');
    return reason;
  };
  const applications = await lockOpenApplications(tx, codes);
  const cards = await lockValidCards(tx, codes);
  const refusals = applications.map((application) =>
    mustSucceed(
      decideApplicationChange(application, 'refuse', reasonOf(application.residentCode)),
      'an open application',
    ),
  );
  const voids = cards.map((card) =>
    mustSucceed(decideCardChange(card, voidStep(reasonOf(card.residentCode)), now), 'a valid card'),
  );
  await storeApplicationChanges(tx, refusals, new Date(now));
  await storeCardChanges(tx, voids, new Date(now));
  return [...new Set([...applications, ...cards].map(({ residentCode }) => residentCode))];
}
