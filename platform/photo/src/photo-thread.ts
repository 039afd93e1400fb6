/** The program of the thread that looks at pictures, one after the other. */
import { parentPort } from 'node:worker_threads';
import { PictureMeasurer } from './measure-picture.ts';
import type { PhotoReply } from './photo-messages.ts';
import { unreadable } from './picture/picture-failure.ts';

const measurer = new PictureMeasurer();

function answer(bytes: Uint8Array): PhotoReply {
  try {
    return measurer.measure(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    return unreadable(error instanceof Error ? error.name : 'an unknown fault');
  }
}

parentPort?.on('message', (bytes: Uint8Array) => parentPort?.postMessage(answer(bytes), []));
