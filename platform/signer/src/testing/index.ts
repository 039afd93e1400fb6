/** For others' tests: a PKCS#11 token. */
export { makeToken, tokenMissing } from './soft-token.ts';
