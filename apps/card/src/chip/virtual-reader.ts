/**
 * The card in a virtual reader of PC/SC: vsmartcard’s `vpcd`, which listens, and to which cards connect over TCP. A message
 * is two octets of length, big-endian, and what it says (reader-message.ts). Anybody who reaches the reader’s port may be
 * the reader: keep it on the own machine.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chip } from './chip.ts';
import { answerMessage } from './reader-message.ts';

const LENGTH_BYTES = 2;
const RETRY_MS = 500;

export interface VirtualReader {
  readonly host: string;
  readonly port: number;
}

export interface VirtualReaderOptions {
  /** Takes the card out. */
  readonly signal: AbortSignal;
  /** The card is in the reader, or the reader is not there any more. */
  readonly onState?: (state: 'inserted' | 'reader-away') => void;
  /** A state that could not be stored. */
  readonly onTrouble: (error: unknown) => void;
}

/** Keeps the card in the reader until the signal; where the reader is away it is looked for again and again. */
export async function serveVirtualReader(
  chip: Chip,
  { host, port }: VirtualReader,
  { signal, onState, onTrouble }: VirtualReaderOptions,
): Promise<void> {
  let told: 'inserted' | 'reader-away' | undefined;
  const tell = (state: 'inserted' | 'reader-away'): void => {
    if (told !== state) onState?.(state);
    told = state;
  };
  while (!signal.aborted) {
    const socket = connect({ host, port, noDelay: true });
    const takeOut = (): void => void socket.destroy();
    signal.addEventListener('abort', takeOut);
    try {
      await once(socket, 'connect', { signal });
      tell('inserted');
      await pipeline(socket, (commands: Socket) => answers(chip, commands, onTrouble), socket);
    } catch (error) {
      if (!isOfTheSocket(error)) throw error;
    } finally {
      signal.removeEventListener('abort', takeOut);
      socket.destroy();
      chip.reset();
    }
    if (!signal.aborted) tell('reader-away');
    await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A reader that is not there or went away, or a card that was taken out. */
const isOfTheSocket = (error: unknown): boolean => error instanceof Error && 'code' in error;

/** One message after the other: while the chip works, or the reader takes no answer, nothing more is read. */
async function* answers(
  chip: Chip,
  commands: AsyncIterable<Buffer>,
  onTrouble: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of commands) {
    waiting = Buffer.concat([waiting, chunk]);
    for (let message = firstMessage(waiting); message; message = firstMessage(waiting)) {
      waiting = waiting.subarray(LENGTH_BYTES + message.length);
      const answer = await answerMessage(chip, message, onTrouble);
      if (answer) yield frame(answer);
    }
  }
}

function firstMessage(octets: Buffer): Buffer | undefined {
  if (octets.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + octets.readUInt16BE(0);
  return octets.length < end ? undefined : octets.subarray(LENGTH_BYTES, end);
}

function frame(octets: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(octets.length);
  return Buffer.concat([length, octets]);
}
