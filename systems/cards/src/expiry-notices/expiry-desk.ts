/** What the making of expiry notices is given. Wiring makes one at start. */
import type { ExpiringHolder, ExpiringPage } from '@ishizue/jpki';
import type { Access } from '@ishizue/registry';
import type { LetterDesk } from '../letters/letter-desk.ts';

export interface ExpiryDesk extends LetterDesk {
  /** Of the citizen PKI: whose certificates end, a page at a time. */
  readonly findExpiring: (access: Access, page: ExpiringPage) => Promise<readonly ExpiringHolder[]>;
}
