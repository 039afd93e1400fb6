/** What is over is deleted: what the protocol kept at once, acts with their consents after three months. Standing work. */
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { SignInContext } from '../sign-in-context.ts';

const KEPT_MS = 90 * 86_400_000;

export const deleteOver = ({ sql, clock }: Pick<SignInContext, 'sql' | 'clock'>): Promise<void> =>
  inTransaction(sql, { site: NATIONAL_SITE }, async (tx) => {
    const now = clock.now();
    await tx`DELETE FROM sign_in.artefact WHERE ends_at <= ${new Date(now)}`;
    await tx`DELETE FROM sign_in.challenge WHERE ends_at <= ${new Date(now)}`;
    await tx`DELETE FROM sign_in.act WHERE ends_at <= ${new Date(now - KEPT_MS)}`;
  });
