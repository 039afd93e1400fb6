/** The desk of card applications at the national site, whose photographs are looked at before anything of them is kept. */
import type { PhotoDesk } from '@ishizue/photo';
import { CaseDesk } from '@ishizue/procedure';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import { takePhoto } from '../photo/take-photo.ts';
import { cardApplication } from './card-application.ts';

/** The statuses of what may be wrong with a photograph that is sent. */
export const photoStatuses = {
  'picture-kind-refused': 415,
  'picture-too-large': 413,
  'picture-unreadable': 422,
  'picture-too-slow': 422,
  'pictures-busy': 503,
} as const;

export const openApplicationDesk = (context: CardsContext, photos: PhotoDesk): Promise<CaseDesk> =>
  CaseDesk.open({
    sql: context.sql,
    site: NATIONAL_SITE,
    clock: context.clock,
    pseudonyms: context.pseudonyms,
    procedure: cardApplication,
    context,
    rewrites: { photo: (bytes) => takePhoto(context, photos, bytes) },
  });
