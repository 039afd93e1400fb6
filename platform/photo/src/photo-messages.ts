/** What goes between the server and the thread that looks at pictures. */
import type { Failure } from '@ishizue/outcome';
import type { MeasuredPicture } from './measure-picture.ts';
import type { PictureFailure } from './picture/picture-failure.ts';

/** What the thread does, and what comes of it. */
export interface PhotoTasks {
  readonly look: MeasuredPicture;
  readonly 'make-chip-photo': Uint8Array;
  readonly 'show-chip-photo': Uint8Array;
}

export interface PhotoAsk {
  readonly task: keyof PhotoTasks;
  readonly bytes: Uint8Array;
}

export type PhotoReply<Task extends keyof PhotoTasks = keyof PhotoTasks> =
  | { readonly ok: true; readonly value: PhotoTasks[Task] }
  | { readonly ok: false; readonly failure: Failure<PictureFailure> };
