/** The messages of a move between two municipalities, in their forms (住民基本台帳法 art. 9, 24-2 (3) and (4)). */
import { z } from 'zod';
import { carriedProof } from './card-proof.ts';
import { moveId, moveOutInformation } from './move-out-information.ts';
import { type RelayedKind, relayedFields } from './relayed.ts';

const person = ({ residentCode }: { readonly residentCode: string }): string => residentCode;
const SPECIAL = '住民基本台帳法 第24条の2';

const informationBody = z
  .strictObject({
    ...relayedFields,
    information: moveOutInformation,
    /** Whether it answers a request; the correlation is then the request's. */
    isAsked: z.boolean(),
  })
  .refine(({ from, residentCode, information }) => {
    return information.municipality === from && information.residentCode === residentCode;
  });
export type InformationBody = Readonly<z.infer<typeof informationBody>>;

/** 転出証明書情報, from the old municipality to the one where the person is expected. */
export const MOVE_OUT_INFORMATION: RelayedKind<InformationBody> = {
  topic: 'move-out-information',
  form: informationBody,
  article: SPECIAL,
  affair: 'special-move-in',
  subjectOf: person,
};

const withdrawnBody = z.strictObject({ ...relayedFields, moveId });
export type WithdrawnBody = Readonly<z.infer<typeof withdrawnBody>>;

/** The person does not come there after all: cancelled, or given to another municipality. */
export const MOVE_OUT_WITHDRAWN: RelayedKind<WithdrawnBody> = {
  topic: 'move-out-withdrawn',
  form: withdrawnBody,
  article: SPECIAL,
  affair: 'special-move-in',
  subjectOf: person,
};

const requestBody = z.strictObject({ ...relayedFields, proof: carriedProof });
export type RequestBody = Readonly<z.infer<typeof requestBody>>;

/** The person has arrived elsewhere than planned: the information is asked for, with the card's proof. */
export const MOVE_OUT_REQUEST: RelayedKind<RequestBody> = {
  topic: 'move-out-request',
  form: requestBody,
  article: SPECIAL,
  affair: 'special-move-in',
  subjectOf: person,
};

const refusedBody = z.strictObject({ ...relayedFields, code: z.string().regex(/^[a-z][a-z-]{1,60}$/) });
export type RefusedBody = Readonly<z.infer<typeof refusedBody>>;

/** The answer to such a request where there is nothing to give. */
export const MOVE_OUT_REFUSED: RelayedKind<RefusedBody> = {
  topic: 'move-out-refused',
  form: refusedBody,
  article: SPECIAL,
  affair: 'special-move-in',
  subjectOf: person,
};

const moveInNoticeBody = z.strictObject({
  ...relayedFields,
  name: z.string().min(1).max(100),
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  movedOn: z.iso.date(),
  /** The new address, in full. */
  address: z.string().min(1).max(500),
});
export type MoveInNoticeBody = Readonly<z.infer<typeof moveInNoticeBody>>;

/** 転入通知, back to the old municipality. */
export const MOVE_IN_NOTICE: RelayedKind<MoveInNoticeBody> = {
  topic: 'move-in-notice',
  form: moveInNoticeBody,
  article: '住民基本台帳法 第9条',
  affair: 'move-in-notice',
  subjectOf: person,
};
