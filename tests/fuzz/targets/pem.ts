/** PEM: text of others around base64. */
import { decodePem, encodePem } from '@ishizue/x509';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateOctets } from '../mutate/octets.ts';
import { outcomeOf } from './oracles.ts';
import { plain, rich } from './samples.ts';

const TOKENS = [
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  '-----BEGIN X509 CRL-----',
  '-----',
  '=',
  '==',
  '\r\n',
  '\n',
  ' ',
  '\t',
  'Proc-Type: 4,ENCRYPTED\n',
].map((token) => Buffer.from(token, 'latin1'));

function feed(input: Uint8Array): string {
  const text = Buffer.from(input).toString('latin1');
  const decoded = decodePem('CERTIFICATE', text);
  if (decoded.ok) {
    const written = decoded.value.map((der) => encodePem('CERTIFICATE', der)).join('');
    const again = decodePem('CERTIFICATE', written);
    const isSame =
      again.ok &&
      again.value.length === decoded.value.length &&
      again.value.every((der, at) => Buffer.compare(der, decoded.value[at] ?? der) === 0);
    demand(isSame, 'PEM written anew says otherwise');
  }
  return outcomeOf(decoded);
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 8_192,
  guidedBy: ['/platform/x509/src/der/pem.ts'],
  seeds: [rich.der, plain.der, Uint8Array.of(0x30, 0)].map((der) =>
    Buffer.from(encodePem('CERTIFICATE', der)),
  ),
  mutate: (draws, input, other) => mutateOctets(draws, input, other, TOKENS),
  feed,
});
