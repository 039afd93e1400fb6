/** The reader of DER under everything else, and the smallest things that are read with it. */
import { checkDer, DerReader, decodeOid, encodeOid, parseName, parsePublicKeyInfo } from '@ishizue/x509';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { demandOneEncoding, outcomeOf, outcomesOf } from './oracles.ts';
import { requests, responses, rich, tbsLists } from './samples.ts';

const BYTES_MAX = 8_192;

/** An object identifier that is read is written as it was. */
function feedOid(input: Uint8Array): void {
  const dotted = decodeOid(input, 0, input.length);
  if (dotted === undefined) return;
  demand(Buffer.compare(encodeOid(dotted), input) === 0, `an object identifier that changes: ${dotted}`);
}

function feedTime(input: Uint8Array): void {
  const reader = new DerReader(input, BYTES_MAX);
  const instant = reader.time();
  if (reader.finish(instant).ok) demand(Number.isSafeInteger(instant), 'a time that is none');
}

function feed(input: Uint8Array): string {
  const strict = checkDer(input, BYTES_MAX);
  if (strict.ok) demandOneEncoding(input);
  feedOid(input.subarray(0, 64));
  feedTime(input);
  const name = parseName(input);
  if (name.ok) {
    String(name.value);
    demand(name.value.equals(name.value), 'a name that is not itself');
  }
  const key = parsePublicKeyInfo(input);
  return outcomesOf(outcomeOf(strict), outcomeOf(name), outcomeOf(key));
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: BYTES_MAX,
  guidedBy: [
    '/platform/x509/src/der/',
    '/x509/src/certificate/name.ts',
    '/x509/src/certificate/public-key.ts',
  ],
  seeds: [rich.der, rich.subject.der, rich.publicKey.der, ...requests, ...responses, ...tbsLists],
  mutate: mutateDer,
  feed,
});
