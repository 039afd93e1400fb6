// applying (docs/flows/card-application.md)
export { openApplicationDesk, photoStatuses } from './application/application-desk.ts';
export {
  type ApplicationIdFailure,
  applicationIdOf,
  parseApplicationId,
} from './application/application-id.ts';
export { APPLICATION_STATES, type ApplicationState } from './application/application-lifecycle.ts';
export {
  type ApplicationReceipt,
  type ApplyFailure,
  applyForCard,
  type CardApplication,
} from './application/apply-for-card.ts';
export { cardApplication } from './application/card-application.ts';
export { findApplicationState } from './application/find-application-state.ts';
// application forms on paper, and the door for whoever holds one (docs/flows/application-forms.md)
export type { DoorDesk } from './application-forms/door/door-desk.ts';
export { DOOR_PATH } from './application-forms/door/door-pages.ts';
export { doorRoutes, doorStatuses } from './application-forms/door/door-routes.ts';
export { FORM_RETURNS, formBook } from './application-forms/form-book.ts';
export { formRoutes, formStatuses } from './application-forms/form-routes.ts';
export { cardsTopics } from './apply-identity-changed.ts';
export { cardExpiry, carriesSignature, type ExpiryCase, type ExpiryFailure } from './card/card-expiry.ts';
export { CARD_STATES, type CardState } from './card/card-lifecycle.ts';
export type { CardView } from './card/card-view.ts';
export { extendStay } from './card/extend-stay.ts';
export { type CardStanding, findCardStates } from './card/find-card-states.ts';
export { findHeldCard, type HeldCard, type HeldCardKey } from './card/find-held-card.ts';
export { revokeDueCertificates } from './card/revoke-due-certificates.ts';
export { type CardChangeFailure, suspendCard, voidCard } from './card/void-card.ts';
export { findVoidCards, strikeVoidCards } from './card/void-cards.ts';
export { VOID_REASONS, type VoidReason } from './card/void-reason.ts';
export { CARD_CLERK } from './card-clerk.ts';
export { type CardRoutesOptions, cardRoutes, cardStatuses } from './card-routes.ts';
export type { CardsContext, Certification } from './cards-context.ts';
// what a card carries besides keys and certificates (docs/flows/chip.md)
export type { CardContents } from './contents/card-contents.ts';
export type { CardPress } from './contents/card-press.ts';
export { type ContentSeal, openContentSeal } from './contents/content-seal.ts';
export { readFaceImages } from './contents/face-images.ts';
export { securityCode } from './contents/security-code.ts';
// life of a card in its holder's hand (docs/flows/card-life.md)
export { lapseCards } from './continuing-use/lapse-cards.ts';
// the counter in a browser (docs/flows/desk.md)
export { HAND_OVER_PATH } from './counter-pages/hand-over-form.ts';
export { handOverPages } from './counter-pages/hand-over-page-routes.ts';
export { PARCELS_PATH, SET_UP_PATH } from './counter-pages/shelf-page.ts';
export { shelfPages } from './counter-pages/shelf-routes.ts';
export { DELIVERY_RETURNS, type DeliveryDesk, deliveryBook } from './delivery-notices/delivery-book.ts';
// notices of delivery, and cards that nobody fetches
export { destroyUndelivered } from './delivery-notices/destroy-undelivered.ts';
// notices of expiry (docs/flows/expiry-notices.md)
export type { ExpiryDesk } from './expiry-notices/expiry-desk.ts';
export type { ExpiryRunReport } from './expiry-notices/expiry-store.ts';
export { type HandOverNoticesFailure, handOverNotices } from './expiry-notices/hand-over-notices.ts';
export {
  type ExpiryRunFailure,
  expiryRunStanding,
  runExpiryNotices,
} from './expiry-notices/run-expiry-notices.ts';
export { type DueAtCounter, listDueAtCounter } from './face-additions/list-due.ts';
// to the holder (docs/flows/card-making.md, hand-over.md)
export { completeHandOver } from './hand-over/complete-hand-over.ts';
export { handOverRoutes, handOverStatuses } from './hand-over/hand-over-routes.ts';
export { type CardInReader, deliverInHouse, handOverInHouse } from './hand-over/in-one-house.ts';
export { openHandOver } from './hand-over/open-hand-over.ts';
export { jpkiCertification } from './jpki-certification.ts';
// letters of every kind: claimed, printed, posted, returned
export { type ClaimedLetter, COUNTRY, type LetterBook, type ReturnsBook } from './letters/letter-book.ts';
export type { LetterDesk } from './letters/letter-desk.ts';
export { type PostFailure, postLetters } from './letters/post-letters.ts';
export { takeReturns } from './letters/take-returns.ts';
export { writeLetters } from './letters/write-letters.ts';
export { CARD_COUNTER } from './life/counter-desk.ts';
export { cardLifeRoutes } from './life/counter-routes.ts';
export type { CardLife } from './life/life-context.ts';
export { cardDeskStatuses, cardLifeStatuses } from './life/life-statuses.ts';
export { COMBINED_CARD_OFFICER, cardDeskRoutes } from './life/national-routes.ts';
export type { CardWorkshop, KindDer } from './making/card-workshop.ts';
export { type MakeFailure, makeCard } from './making/make-card.ts';
export { type FactoryReport, runFactory } from './making/run-factory.ts';
export { chipPhotoOf, photoDigest, photoOfApplication } from './photo/card-photo.ts';
export { needsPhoto } from './photo/photo-rules.ts';
export { permitReset } from './pin-reset/permit-reset.ts';
export { pinResetRoutes, pinResetStatuses } from './pin-reset/pin-reset-routes.ts';
export type { PinResets } from './pin-reset/pin-resets.ts';
export { reserveReset } from './pin-reset/reserve-reset.ts';
// renewal and PIN reset (docs/flows/renewal.md, pin-reset.md)
export { resetPermission } from './pin-reset/reset-permission.ts';
// notices of card applications leave the house (docs/flows/procedure-notices.md)
export { NOTICE_RETURNS, noticeBook } from './procedure-notices/notice-book.ts';
export { postOfApplications } from './procedure-notices/post-notices.ts';
export { type MailDesk, spoolMails } from './procedure-notices/spool-mails.ts';
export {
  beginCardRenewal,
  type CardRenewals,
  confirmCardRenewal,
} from './renewal/card-renewals.ts';
export { ISSUING_OFFICER, renewalRoutes, renewalStatuses } from './renewal/renewal-routes.ts';
// how long applications and photographs are kept (docs/flows/case-retention.md)
export { destroyCardsOver } from './retention/destroy-over.ts';
export { cardsSchema } from './schema.ts';
export { CARD_FACTORY, shipmentRoutes, shipmentStatuses } from './shipment/shipment-routes.ts';
