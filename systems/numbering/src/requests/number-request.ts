/**
 * A request for a number (番号法 art. 7 (2), 8): its states, and what the two ends tell each other of it. A municipality sends an
 * id, the resident code and what it wants, nothing else; the same id is good for one request.
 */
import { z } from 'zod';

/** From a municipality to the centre: a request. */
export const NUMBER_REQUEST = 'number-request';
/** From the centre to the municipality: how a request stands. */
export const NUMBER_REQUEST_STATE = 'number-request-state';

export const REQUEST_STATES = ['asked', 'made', 'delivered', 'recorded', 'refused'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export const REQUEST_KINDS = ['first', 'replacement'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export const requestId = z.string().regex(/^[0-9A-Za-z-]{8,64}$/);
const residentCode = z.string().regex(/^\d{11}$/);

export const numberRequestBody = z.strictObject({
  requestId,
  residentCode,
  kind: z.enum(REQUEST_KINDS),
});

export const numberRequestStateBody = z.strictObject({
  requestId,
  residentCode,
  state: z.enum(REQUEST_STATES),
  cause: z
    .string()
    .regex(/^[a-z-]{1,40}$/)
    .nullable(),
});

/** How a request stands, as the municipality is told. */
export type NumberRequestState = z.infer<typeof numberRequestStateBody>;

/** A request at the centre. */
export interface NumberRequest {
  readonly municipality: string;
  readonly requestId: string;
  readonly kind: RequestKind;
  readonly residentCode: string;
  readonly state: RequestState;
  /** What an asked one waits for; why a refused one was. */
  readonly cause: string | null;
  /** The derivation that it came to. */
  readonly attempt: number | null;
}

/** The prefix of ids that the centre gives to what the register says of new records, which has none. */
const RECORDED_PREFIX = 'resident-recorded-';

/** The id of a new record's own message: its place on the link, the same however often it is received. */
export const idOfRecorded = (seq: number): string => `${RECORDED_PREFIX}${seq}`;

/** Whether an officer of the municipality asked, who is to be told how it stands. */
export const hasAsker = ({ requestId: id }: Pick<NumberRequest, 'requestId'>): boolean =>
  !id.startsWith(RECORDED_PREFIX);
