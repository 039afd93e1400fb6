/** Signed PDFs: byte ranges, contents, and the message inside. */
import { verifyPdf } from '@ishizue/verification';
import { issueAuthority, signByOpenssl, signedPdf } from '@ishizue/verification/testing';
import { issue, makeRoot } from '@ishizue/x509/testing';
import type { Draws } from '../draws.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { mutateOctets } from '../mutate/octets.ts';
import { NOW } from './samples.ts';

const TOKENS = [
  '/ByteRange [',
  '/ByteRange [0 10 20 30]',
  '/Contents <',
  '/Contents(',
  '/SubFilter /adbe.pkcs7.detached',
  '/SubFilter /ETSI.RFC3161',
  '/Type /Sig',
  '<<',
  '>>',
  '<',
  '>',
  ']',
  '\\',
  'endobj\n',
  'stream\n',
  '%%EOF\n',
  '99999999999999999999',
  '-1',
  '0',
].map((token) => Buffer.from(token, 'latin1'));

const CONTENTS = /\/Contents\s*<([0-9a-fA-F]+)>/;

/** The message in the PDF is changed, in the room that it has; or the PDF around it. */
function mutate(draws: Draws, input: Uint8Array, other: Uint8Array): Uint8Array {
  const text = Buffer.from(input).toString('latin1');
  const room = draws.onceIn(2) ? CONTENTS.exec(text) : null;
  const hex = room?.[1];
  if (hex === undefined || room === null) return mutateOctets(draws, input, other, TOKENS);
  const message = Buffer.from(hex, 'hex');
  const length = (message[2] ?? 0) * 256 + (message[3] ?? 0) + 4;
  const changed = mutateDer(draws, message.subarray(0, length), message).toString('hex');
  if (changed.length > hex.length) return mutateOctets(draws, input, other, TOKENS);
  return Buffer.from(text.replace(hex, changed.padEnd(hex.length, '0')), 'latin1');
}

export function makeTarget(): FuzzTarget {
  const root = makeRoot();
  const middle = issueAuthority(root, 'Middle');
  const signer = issue(middle);
  const seeds = ['adbe.pkcs7.detached', 'ETSI.CAdES.detached'].map((kind) =>
    signedPdf((content) => signByOpenssl(content, signer, [middle], '-cades'), kind),
  );
  const sound = new Set(seeds.map((seed) => seed.toString('latin1')));
  return {
    bytesMax: 24_576,
    guidedBy: ['/platform/verification/src/'],
    seeds,
    mutate,
    feed: async (file) => {
      const { failure } = await verifyPdf({
        file,
        anchors: [root.certificate],
        chain: [],
        crls: [],
        asksStatus: false,
        at: NOW,
      });
      if (failure === undefined) demandUnchanged(sound, file);
      return failure?.code ?? 'ok';
    },
  };
}

/**
 * What is valid is what was signed: outside of the message, which has parts that nobody signs, nothing differs. Blanks among
 * its digits say the same octets (ISO 32000-2 7.3.4.3) and are no difference.
 */
function demandUnchanged(sound: ReadonlySet<string>, file: Uint8Array): void {
  const bare = (text: string): string => text.replace(/<[0-9a-fA-F\0\t\n\f\r ]{100,}>/, '<>');
  const text = Buffer.from(file).toString('latin1');
  demand(
    sound.has(text) || [...sound].some((each) => bare(each) === bare(text)),
    'a PDF is valid that nobody signed',
  );
}
