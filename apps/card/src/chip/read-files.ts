/**
 * A reader that wrote nothing: it knows a chip by its octets only, and reads files by SELECT and READ BINARY. For the inspection
 * of a card before it leaves, after the factory proved itself (apps and files by name: `input-help/0001`).
 */
import { aesCmac } from '@ishizue/card-applications';
import { encodeCommand } from './apdu.ts';
import type { Transmitter } from './card-reader.ts';
import { APPLICATIONS } from './card-tree.ts';
import { wordOf } from './status-words.ts';

export const SELECT_APPLICATION = [0x00, 0xa4, 0x04, 0x0c] as const;
export const SELECT_FILE = [0x00, 0xa4, 0x02, 0x0c] as const;
const GET_CHALLENGE = [0x00, 0x84, 0x00, 0x00] as const;
const EXTERNAL_AUTHENTICATE = [0x00, 0x82, 0x00, 0x00] as const;
const CHALLENGE_BYTES = 16;
/** As much as one short answer has. */
const PAGE_BYTES = 256;

interface Answer {
  readonly data: Buffer;
  readonly word: number;
}

/** What is in the files; a file that is not there, or has nothing in it, is absent. */
export async function readFiles(
  card: Transmitter,
  transportKey: Uint8Array,
  files: readonly string[],
): Promise<Readonly<Record<string, Buffer>>> {
  const challenge = await send(card, encodeCommand(GET_CHALLENGE, undefined, CHALLENGE_BYTES));
  must(await send(card, encodeCommand(EXTERNAL_AUTHENTICATE, aesCmac(transportKey, challenge.data))));
  const found: Record<string, Buffer> = {};
  for (const [application, some] of Map.groupBy(files, (file) => file.split('/')[0] ?? '')) {
    const aid = APPLICATIONS.find(({ name }) => name === application)?.aid;
    if (aid === undefined) throw new Error(`no application ${application}`);
    must(await send(card, encodeCommand(SELECT_APPLICATION, Buffer.from(aid, 'hex'))));
    for (const file of some) {
      const octets = await readFile(card, Buffer.from(file.slice(-4), 'hex'));
      if (octets.length > 0) found[file] = octets;
    }
  }
  return found;
}

/** The whole of an EF of the selected application. */
export async function readFile(card: Transmitter, fid: Buffer): Promise<Buffer> {
  must(await send(card, encodeCommand(SELECT_FILE, fid)));
  const pages: Buffer[] = [];
  for (let offset = 0; ; offset += PAGE_BYTES) {
    const page = await send(
      card,
      encodeCommand([0x00, 0xb0, offset >> 8, offset & 0xff], undefined, PAGE_BYTES),
    );
    if (page.word === wordOf('past-the-end')) return Buffer.concat(pages);
    must(page);
    pages.push(page.data);
    if (page.data.length < PAGE_BYTES) return Buffer.concat(pages);
  }
}

export async function send(card: Transmitter, command: Buffer): Promise<Answer> {
  const answer = await card.transmit(command);
  return { data: answer.subarray(0, -2), word: answer.readUInt16BE(answer.length - 2) };
}

export function must({ word }: Answer): void {
  if (word !== wordOf('done')) throw new Error(`the card answered ${word.toString(16)} to its reader`);
}
