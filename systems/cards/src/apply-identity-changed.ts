/**
 * Cards hear of every change that the national registry records (link `national>national:cards`). Who has died, was removed
 * from the register, or has another resident code (番号法施行令 art. 14) or individual number by now has no card any more: valid
 * cards become void, applications on their way end. Certificates are revoked by the certification authority on its own
 * link, and fall due here besides. Who moves has to have the card continued (docs/flows/card-life.md step 4); of whom the face
 * says something else than the register, has to tell it (step 5). Flow: docs/flows/life.md step 8.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import {
  codeChangedBody,
  IDENTITY_CHANGED,
  type IdentityChanged,
  identityChangedBody,
  NATIONAL_SITE,
  RESIDENT_CODE_CHANGED,
} from '@ishizue/registry';
import { type HeardForForms, hearForForms, meaningForForms } from './application-forms/hear-for-forms.ts';
import { endAllOf } from './card/end-cards.ts';
import type { VoidReason } from './card/void-reason.ts';
import type { CardsContext } from './cards-context.ts';
import { type HeardMove, hearMoves } from './continuing-use/hear-moves.ts';
import { hearFaceChanges, isAboutFace } from './face-additions/face-reports.ts';

/** The handlers by topic, for the link's receiver. */
export function cardsTopics(context: CardsContext): Readonly<Record<string, Handler>> {
  return {
    [IDENTITY_CHANGED]: take(context, (body) => {
      const parsed = identityChangedBody.safeParse(body);
      if (!parsed.success) return INVALID;
      const reason = voidReasonOf(parsed.data);
      const form = meaningForForms(parsed.data);
      const forms = form ? [form] : [];
      return reason
        ? { residentCode: parsed.data.residentCode, ends: reason, forms }
        : { heard: parsed.data, forms };
    }),
    [RESIDENT_CODE_CHANGED]: take(context, (body) => {
      const parsed = codeChangedBody.safeParse(body);
      if (!parsed.success) return INVALID;
      const { formerCode: residentCode } = parsed.data;
      const forms: readonly HeardForForms[] = [
        { residentCode, ends: 'code-changed', dueAt: undefined },
        { residentCode: parsed.data.residentCode, ends: undefined, dueAt: parsed.data.municipality },
      ];
      return { residentCode, ends: 'code-changed', forms };
    }),
  };
}

const INVALID: Failure = { code: 'identity-body-invalid', detail: 'the notice is not in the agreed form' };

function voidReasonOf(notice: IdentityChanged): VoidReason | undefined {
  if (notice.status === 'deceased') return 'death';
  if (notice.status === 'removed') return 'removed';
  return notice.reason === 'number-changed' ? 'number-changed' : undefined;
}

/** What a notice may mean for a person's cards: their end, or what may have changed; and for their application form. */
type Meaning = { readonly forms: readonly HeardForForms[] } & (
  | { readonly residentCode: string; readonly ends: VoidReason }
  | { readonly heard: IdentityChanged }
);

/** Takes notices: whoever has an end has it, moves are followed in their order. */
function take(context: CardsContext, meaningOf: (body: unknown) => Meaning | Failure): Handler {
  return async (tx, link, messages) => {
    const reasons = new Map<string, VoidReason>();
    const moves: HeardMove[] = [];
    const faces: IdentityChanged[] = [];
    const forms: HeardForForms[] = [];
    const failures = messages.map((message) => {
      const meaning = meaningOf(message.body);
      if ('code' in meaning) return meaning;
      forms.push(...meaning.forms);
      if ('ends' in meaning) reasons.set(meaning.residentCode, meaning.ends);
      else {
        if (isAboutResidence(meaning.heard)) moves.push(meaning.heard);
        if (isAboutFace(meaning.heard)) faces.push(meaning.heard);
      }
      return undefined;
    });
    const now = context.clock.now();
    const ended = reasons.size === 0 ? [] : await endAllOf(tx, reasons, now);
    const { followed, voided } = await hearMoves(tx, moves, now);
    const toTell = await hearFaceChanges(tx, faces, dateInTokyo(now));
    const withdrawn = await hearForForms(tx, forms, now);
    await enter(tx, context, link, { article: '番号法 第17条', affair: 'card-void' }, [...ended, ...voided]);
    await enter(tx, context, link, { article: '番号法施行令 第14条', affair: 'card-move' }, followed);
    await enter(tx, context, link, { article: '番号法 第17条', affair: 'card-face' }, toTell);
    await enter(tx, context, link, { article: '番号法 第16条の2', affair: 'card-form' }, withdrawn);
    return failures;
  };
}

const RESIDENCE_REASONS: ReadonlySet<string> = new Set(['move-in', 'move-out', 'undo']);
const isAboutResidence = ({ reason }: HeardMove): boolean => RESIDENCE_REASONS.has(reason);

const TOUCHED = {
  'card-void': ['card', 'void'],
  'card-move': ['card', 'move'],
  'card-face': ['card', 'to-be-told'],
  'card-form': ['application-form', 'withdrawn'],
} as const;

async function enter(
  tx: Tx,
  context: CardsContext,
  link: HandlerContext,
  basis: { readonly article: string; readonly affair: keyof typeof TOUCHED },
  residentCodes: readonly string[],
): Promise<void> {
  const now = context.clock.now();
  await recordEntries(
    tx,
    residentCodes.map((residentCode) => ({
      site: NATIONAL_SITE,
      at: now,
      actorKind: 'site' as const,
      actor: link.from,
      terminal: 'link',
      ...basis,
      correlation: link.link,
      subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
      fields: TOUCHED[basis.affair],
      result: 'ok',
    })),
  );
}
