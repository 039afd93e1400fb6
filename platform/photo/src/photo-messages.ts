/** What goes between the server and the thread that looks at pictures. */
import type { Failure } from '@ishizue/outcome';
import type { MeasuredPicture } from './measure-picture.ts';
import type { PictureFailure } from './picture/picture-failure.ts';

export type PhotoReply =
  | { readonly ok: true; readonly value: MeasuredPicture }
  | { readonly ok: false; readonly failure: Failure<PictureFailure> };
