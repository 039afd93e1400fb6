/** For others' tests: scenes to verify, signed messages and PDFs, and NIST's suite. */
export { pkitsMessages, pkitsMissing, pkitsOctets } from './pkits.ts';
export { issueAuthority, issueList, nameConstraint } from './scene.ts';
export { signByOpenssl, signedPdf } from './signed-message.ts';
