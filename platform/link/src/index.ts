export { ACKNOWLEDGEMENT_WIRE_BYTES_MAX, type Acknowledgement } from './acknowledgement.ts';
export { Dispatcher, type DispatcherOptions, type Wait } from './dispatcher.ts';
export {
  ENVELOPE_BODY_BYTES_MAX,
  ENVELOPE_MESSAGES_MAX,
  ENVELOPE_WIRE_BYTES_MAX,
  type Envelope,
} from './envelope.ts';
export type { Handler, HandlerContext, Registration } from './handler.ts';
export { ENVELOPES_PATH, type HttpTransportOptions, httpTransport } from './http-transport.ts';
export { inProcessTransport } from './in-process-transport.ts';
export { inWaves } from './in-waves.ts';
export type { DirectoryKey, KeyTrust } from './key-trust.ts';
export { formatLinkName, isSiteName, type LinkName, parseLinkName } from './link-name.ts';
export { type LinkState, linkStates, type OpenTicket, openTickets } from './link-states.ts';
export { type AddressedMessage, BODY_BYTES_MAX, type Message, type ReceivedMessage } from './message.ts';
export { openLink, openLinks, openSite, replaceSiteKey, type Site } from './opening.ts';
export { type ReceiveCode, Receivers, type ReceiversOptions } from './receivers.ts';
export { linkSchema } from './schema.ts';
export { send, sendAll } from './send.ts';
export { keyIdOf, SIGNATURE_PREFIX, type Signing } from './signature.ts';
export type { TicketCode, TicketOutcome } from './tickets.ts';
export type { Transport } from './transport.ts';
