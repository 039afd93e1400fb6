/** The program of the thread that looks at pictures, one after the other. Networks and codec are opened when they are needed. */
import { parentPort } from 'node:worker_threads';
import { makeChipPhoto, showChipPhoto } from './chip-photo.ts';
import { PictureMeasurer } from './measure-picture.ts';
import type { PhotoAsk, PhotoReply } from './photo-messages.ts';
import { Jpeg2000 } from './picture/jpeg-2000.ts';
import { unreadable } from './picture/picture-failure.ts';

let measurer: PictureMeasurer | undefined;
const codec = new Jpeg2000();

const TASKS: Readonly<Record<PhotoAsk['task'], (bytes: Buffer) => PhotoReply | Promise<PhotoReply>>> = {
  look: (bytes) => (measurer ??= new PictureMeasurer()).measure(bytes),
  'make-chip-photo': (bytes) => makeChipPhoto(bytes, codec),
  'show-chip-photo': (bytes) => showChipPhoto(bytes, codec),
};

async function answer({ task, bytes }: PhotoAsk): Promise<PhotoReply> {
  try {
    return await TASKS[task](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    return unreadable(error instanceof Error ? error.name : 'an unknown fault');
  }
}

// the desk asks for one at a time
parentPort?.on(
  'message',
  (ask: PhotoAsk) => void answer(ask).then((said) => parentPort?.postMessage(said, [])),
);
