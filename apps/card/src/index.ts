export type { CardCode, CardFailure, CardResult, PinWrong } from './card-code.ts';
export { KEY_KINDS, type KeyKind } from './card-record.ts';
export { deviceKeyFileOf, loadOrMakeDeviceKey } from './device-key.ts';
export { parsePin } from './pin-rules.ts';
export { type RenewalAtDesk, renewOnCard } from './renew-on-card.ts';
export { serveCard, serveCardToPages } from './serve-card.ts';
export { type CardStatus, type KeyStatus, SoftwareCard, type SoftwareCardOptions } from './software-card.ts';
export { openSoftwareCard, softwareWorkshop } from './software-workshop.ts';
