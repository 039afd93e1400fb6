/** Under what an applicant looks at an application, and the entry of a look that found none: both looks leave one. */
import { inTransaction } from '@ishizue/db';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from './help-desk-context.ts';
import { recordAbout } from './record-about.ts';

/** Nobody signed in: what is known is that they hold the application's id. */
export const STATUS_ACCESS = {
  actorKind: 'system',
  actor: 'holder-of-application-id',
  terminal: 'status-page',
  article: '番号法 第16条の2',
  affair: 'card-application-state',
} as const satisfies Omit<Access, 'correlation'>;

export const recordUnknownApplication = (context: HelpDeskContext, access: Access): Promise<void> =>
  inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    recordAbout(tx, context, access, {
      subject: null,
      fields: ['application-state'],
      result: 'application-unknown',
    }),
  );
