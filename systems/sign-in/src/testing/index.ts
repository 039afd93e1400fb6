/** What tests of others use: a provider on a test country with cards and clients, and a client's program. */
export { RelyingParty } from './relying-party.ts';
export { type CardForTest, freePort, testSignIn } from './scene.ts';
