/** For others' tests: authorities and certificates made on the spot, and the openssl program as a second opinion. */
export {
  authorityOf,
  type Issued,
  issue,
  keyIdOf,
  makeKey,
  makeRoot,
  signTbs,
  type TestKey,
  testName,
} from './authority.ts';
export { OpensslDesk, opensslMissing } from './openssl.ts';
export {
  type OpensslResponder,
  opensslResponderMissing,
  startOpensslResponder,
} from './openssl-responder.ts';
