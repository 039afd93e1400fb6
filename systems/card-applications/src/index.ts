export type { CardApplicationsContext } from './card-applications-context.ts';
// the secure channel, for both of its ends
export { aesCmac } from './channel/aes-cmac.ts';
export type { CardInReader } from './channel/host-channel.ts';
export {
  checkCommand,
  newChannel,
  openCommand,
  SECURITY_LEVEL,
  type SecureChannel,
  sealResponse,
} from './channel/secure-channel.ts';
export {
  CHALLENGE_BYTES,
  type SessionKeys,
  type StaticKeys,
  sessionKeysOf,
} from './channel/session-keys.ts';
export { applicationKeys, type DeriveByLabel, freeAreaKeys } from './derive-keys.ts';
export { type CardAct, changeOnCard } from './loading/change-on-card.ts';
export {
  type LoadFailure,
  type LoadingOrder,
  type LoadingReceipt,
  loadApplication,
} from './loading/load-application.ts';
export type { LoadedFile, LoadingContents } from './loading/loading-contents.ts';
export { noticesOf, noticeVoidCards, type OwnerNotice } from './owners/notices.ts';
export {
  endApplication,
  type Owner,
  type RegisteredApplication,
  registerApplication,
  registerOwner,
} from './owners/register.ts';
export { cardApplicationsSchema } from './schema.ts';
