/** The photograph for the face of a card: of its application, where that has one. */
import { inTransaction, type Sql } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import { findPhotoOf } from './photo-store.ts';

export const photoOfApplication = (sql: Sql, applicationId: string): Promise<Uint8Array | undefined> =>
  inTransaction(sql, { site: NATIONAL_SITE }, (tx) => findPhotoOf(tx, applicationId));
