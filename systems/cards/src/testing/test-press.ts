/** A press for tests: keys of this process, numbers that follow from resident codes where nobody has assigned one, no photo. */
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mustSucceed, ok } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { testNumberCipher } from '@ishizue/registry/testing';
import type { CardPress } from '../contents/card-press.ts';
import { contentForms } from '../contents/content-forms.ts';
import { openContentSeal } from '../contents/content-seal.ts';
import { securityCode } from '../contents/security-code.ts';

/** A signer without a process: keys by name, each with the lint of its form. */
function keysInMemory(): Parameters<typeof openContentSeal>[0] {
  const keys = new Map<
    string,
    { readonly privateKey: KeyObject; readonly spki: Buffer; readonly form: string }
  >();
  return {
    generateKey: (name, _, [use = '']) => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      keys.set(name, { privateKey, spki, form: use.slice('form:'.length) });
      return Promise.resolve(ok(spki));
    },
    signForm: ({ key, octets }) => {
      const kept = keys.get(key);
      if (!kept) throw new Error('no such key');
      const findings = contentForms[kept.form]?.(Buffer.from(octets), kept.spki);
      if (findings?.length !== 0) throw new Error('the lint refused what was to be signed');
      const signing = { key: kept.privateKey, padding: constants.RSA_PKCS1_PADDING };
      return Promise.resolve(ok(sign('sha256', octets, signing)));
    },
  };
}

let opened: Promise<CardPress> | undefined;

/** Opened once a process: its keys take time. */
export function testPress(): Promise<CardPress> {
  opened ??= openPress();
  return opened;
}

async function openPress(): Promise<CardPress> {
  return {
    typeface: mustSucceed(await openTypeface([]), 'the typeface'),
    seal: await openContentSeal(keysInMemory()),
    numberOf: ({ individualNumber, residentCode }) =>
      individualNumber === null ? `9${residentCode}` : testNumberCipher.open(individualNumber),
    securityCodeOf: (cardId) => Promise.resolve(securityCode(createHash('sha256').update(cardId).digest())),
    photoOf: () => Promise.resolve(ok(undefined)),
  };
}
