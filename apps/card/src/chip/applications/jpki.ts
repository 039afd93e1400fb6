/** 公的個人認証 (JPKI): the two keys, their PINs, and the certificates; the signature certificate only for its PIN. */
import type { Application } from '../application.ts';
import { CERTIFICATE_BYTES_MAX, TOKEN_INFO_BYTES } from '../ours.ts';

const AUTHENTICATION_PIN = 0x0018;
const SIGNATURE_PIN = 0x001b;
const certificate = { kind: 'transparent', bytesMax: CERTIFICATE_BYTES_MAX, from: 'formats' } as const;

export const jpki: Application = {
  name: 'jpki',
  aid: 'D392F000260100000001',
  files: [
    { ...certificate, fid: 0x0001, read: [SIGNATURE_PIN], content: { certificateOf: 'signature' } },
    { ...certificate, fid: 0x0002, read: 'always', content: 'written' },
    {
      kind: 'transparent',
      fid: 0x0006,
      read: 'always',
      bytesMax: TOKEN_INFO_BYTES,
      content: 'token-info',
      from: 'formats',
    },
    {
      kind: 'transparent',
      fid: 0x0008,
      read: 'always',
      bytesMax: 3,
      content: 'certificates-present',
      from: 'formats',
    },
    { ...certificate, fid: 0x000a, read: 'always', content: { certificateOf: 'authentication' } },
    { ...certificate, fid: 0x000b, read: 'always', content: 'written' },
    { kind: 'key', fid: 0x0017, key: 'authentication', use: [AUTHENTICATION_PIN], from: 'formats' },
    {
      kind: 'pin',
      fid: AUTHENTICATION_PIN,
      rule: 'authentication',
      ofKey: 'authentication',
      change: 'change-reference-data',
      from: 'formats',
    },
    { kind: 'key', fid: 0x001a, key: 'signature', use: [SIGNATURE_PIN], from: 'formats' },
    {
      kind: 'pin',
      fid: SIGNATURE_PIN,
      rule: 'signature',
      ofKey: 'signature',
      change: 'change-reference-data',
      from: 'formats',
    },
  ],
};
