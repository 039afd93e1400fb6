/**
 * 顔認証マイナンバーカード (from 15 December 2023; domain rules 5.6): the card's four-digit PINs are locked, it has no signature
 * certificate, and the column of additions says so. Switched both ways at the counter, at any time and free of charge. The
 * signature certificate is revoked before the switch is committed, and what was on its way to the card right after it.
 */
import { dateInTokyo } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { DatedRules } from '@ishizue/rules';
import { amendCard } from '../card/amend-card.ts';
import { isFaceAuthentication } from '../card/card-store.ts';
import { type FaceAddition, type WriteFailure, writeOnFace } from '../face-additions/write-on-face.ts';
import { actAtCounter, type Desk, type DeskFailure } from '../life/counter-act.ts';
import type { CardLife } from '../life/life-context.ts';

const KINDS = new DatedRules<{ readonly fee_yen: number }>('face-authentication cards', [
  {
    validFrom: '2023-12-15',
    source: '個人番号カードの発行等に関する事務処理要領: 顔認証マイナンバーカード (令和5年12月15日)',
    rule: { fee_yen: 0 },
  },
]);

export type SwitchFailure = DeskFailure | WriteFailure | 'kind-not-yet' | 'signature-not-revoked';

export interface SwitchedCard {
  readonly cardId: string;
  readonly isFaceAuthentication: boolean;
  /** The remark for the face; null where the card was of the kind already. */
  readonly addition: FaceAddition | null;
  /** What the desk does with the PINs of the chip: locks them, or lets the holder set them. */
  readonly pins: 'lock' | 'set';
  readonly fee_yen: number;
}

/** Makes a card a face-authentication card or an ordinary one again; asked again, it changes nothing. */
export async function switchKind(
  life: CardLife,
  desk: Desk,
  { cardId, toFaceAuthentication }: { readonly cardId: string; readonly toFaceAuthentication: boolean },
): Promise<Result<SwitchedCard, SwitchFailure>> {
  const now = life.cards.clock.now();
  const today = dateInTokyo(now);
  const rule = KINDS.find(today)?.rule;
  if (!rule) return fail('kind-not-yet', 'there are no face-authentication cards on that day');
  const revoke = async () => {
    const revoked = await life.revokeSignature(desk.access, cardId);
    return revoked.ok
      ? undefined
      : fail('signature-not-revoked', `the certification authority: ${revoked.failure.code}; ask again`);
  };
  type Switched = Promise<Result<SwitchedCard, SwitchFailure>>;
  const switched = await actAtCounter(life, desk, cardId, 'kind', async (tx, { card, person }): Switched => {
    const done: Omit<SwitchedCard, 'addition'> = {
      cardId,
      isFaceAuthentication: toFaceAuthentication,
      pins: toFaceAuthentication ? 'lock' : 'set',
      fee_yen: rule.fee_yen,
    };
    if ((await isFaceAuthentication(tx, cardId)) === toFaceAuthentication)
      return ok({ ...done, addition: null });
    const kind = toFaceAuthentication ? 'face-authentication' : 'face-authentication-ended';
    const writing = { card, person, kind, changedOn: today } as const;
    const written = await writeOnFace(tx, writing, now, toFaceAuthentication ? revoke : undefined);
    if (!written.ok) return written;
    await amendCard(
      tx,
      written.value.card,
      { reason: kind, isFaceAuthentication: toFaceAuthentication },
      now,
    );
    return ok({ ...done, addition: written.value.addition });
  });
  if (!switched.ok || !toFaceAuthentication) return switched;
  // a renewal that saw the card as it was before may have begun meanwhile; from now on none begins
  return (await revoke()) ?? switched;
}
