/** The status of every code that a desk gives: those of the engine, and those that the definition declares. */
import type { ErrorStatus } from '@ishizue/http';
import type { AttachmentCode } from '../attachments/store-attachment.ts';
import type { EngineCode } from '../define/check-definition.ts';
import type { CaseDesk } from '../desk/case-desk.ts';
import type { DelegationCode } from '../desk/delegations.ts';
import type { HoldCode } from '../keeping/hold-case.ts';

const STATUSES: Readonly<Record<EngineCode | AttachmentCode | DelegationCode | HoldCode, ErrorStatus>> = {
  'request-id-reused': 409,
  'case-unknown': 404,
  'case-moved-meanwhile': 409,
  'move-unknown': 404,
  'move-not-in-state': 409,
  'not-permitted': 403,
  'second-person-needed': 403,
  'deadline-extended-already': 409,
  'form-invalid': 422,
  'attachment-unknown': 422,
  'procedure-not-in-force': 409,
  'attachment-field-unknown': 404,
  'attachment-too-large': 413,
  'attachment-too-many': 429,
  'attachment-type-refused': 415,
  'attachment-malformed': 422,
  'attachment-polyglot': 422,
  'delegation-to-oneself': 422,
  'delegation-not-yours': 403,
  'delegation-too-long': 422,
  'delegation-unknown': 404,
  'hold-unknown': 404,
  'case-destroyed': 410,
};

/** For mounting `procedureRoutes` and `procedurePages`. */
export function procedureStatuses({ place }: CaseDesk): Readonly<Record<string, ErrorStatus>> {
  const own = place.versions.all.flatMap(({ refusals }) => Object.keys(refusals));
  return {
    ...STATUSES,
    'cursor-malformed': 400,
    'request-invalid': 400,
    ...Object.fromEntries(own.map((code) => [code, 409 as const])),
  };
}
