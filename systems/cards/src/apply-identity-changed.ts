/**
 * Cards hear of every change that the national registry records (link `national>national:cards`). Who has died, or was removed
 * from the register, has no card any more: valid cards become void, applications on their way end (domain: death, register
 * deletion); so it is with a change of the individual number, which is on the card. Certificates are revoked by the
 * certification authority on its own link, and fall due here besides. Other changes leave cards as they are. Flow:
 * docs/flows/life.md step 8.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import { type Failure, mustSucceed } from '@ishizue/outcome';
import {
  IDENTITY_CHANGED,
  type IdentityChanged,
  identityChangedBody,
  NATIONAL_SITE,
} from '@ishizue/registry';
import { lockOpenApplications, storeApplicationChanges } from './application/application-store.ts';
import { decideApplicationChange } from './application/change-application.ts';
import { lockValidCards, storeCardChanges } from './card/card-store.ts';
import { decideCardChange, voidStep } from './card/change-card.ts';
import type { VoidReason } from './card/void-reason.ts';
import type { CardsContext } from './cards-context.ts';

/** The handlers by topic, for the link's receiver. */
export function cardsTopics(context: CardsContext): Readonly<Record<string, Handler>> {
  return { [IDENTITY_CHANGED]: applyIdentityChanged(context) };
}

const INVALID: Failure = { code: 'identity-body-invalid', detail: 'the notice is not in the agreed form' };

function voidReasonOf(notice: IdentityChanged): VoidReason | undefined {
  if (notice.status === 'deceased') return 'death';
  if (notice.status === 'removed') return 'removed';
  return notice.reason === 'number-changed' ? 'number-changed' : undefined;
}

function applyIdentityChanged(context: CardsContext): Handler {
  return async (tx, link, messages) => {
    const reasons = new Map<string, VoidReason>();
    const failures = messages.map((message) => {
      const parsed = identityChangedBody.safeParse(message.body);
      if (!parsed.success) return INVALID;
      const reason = voidReasonOf(parsed.data);
      if (reason) reasons.set(parsed.data.residentCode, reason);
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
