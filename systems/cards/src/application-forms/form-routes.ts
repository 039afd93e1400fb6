/** The counter's route that makes an application form (交付申請書) for whoever asks for one. Mount at each municipality. */
import { bytes, route } from '@ishizue/http';
import { z } from 'zod';
import type { LetterDesk } from '../letters/letter-desk.ts';
import { COUNTER, terminal } from '../life/counter-desk.ts';
import { makeFormAtCounter } from './make-form.ts';

export const formStatuses = {
  'resident-code-malformed': 422,
  'resident-code-check-digit': 422,
  'person-unknown': 422,
  'person-not-resident': 409,
  'request-id-reused': 409,
  'form-over': 409,
  'card-already-valid': 409,
  'application-already-open': 409,
  'font-unusable': 500,
  'image-unusable': 500,
  'glyph-missing': 409,
  'text-overflow': 409,
  'block-too-tall': 409,
  'document-too-large': 409,
  'barcode-unencodable': 500,
} as const;

export const formRoutes = (desk: Omit<LetterDesk, 'files'>, doorAddress: string, municipality: string) =>
  [
    route({
      ...COUNTER,
      path: '/cards/application-forms',
      summary: 'Make an application form for a resident; an open one that they had is replaced',
      body: z.strictObject({
        requestId: z.string().regex(/^[\x21-\x7e]{1,64}$/),
        residentCode: z.string().max(40),
        terminal,
      }),
      responses: { 200: bytes('application/pdf') },
      handler: ({ body, actor, correlation }) =>
        makeFormAtCounter(
          desk,
          doorAddress,
          {
            actorKind: 'operator',
            actor: actor.operator,
            terminal: body.terminal,
            article: '番号法 第16条の2',
            affair: 'card-application-form',
            correlation,
          },
          { requestId: body.requestId, residentCode: body.residentCode, municipality },
        ),
    }),
  ] as const;
