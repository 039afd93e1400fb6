/**
 * Applications for support measures and the steps after them, at the municipality applied to. Measure, step, its own flags,
 * a ledger entry for each person protected and the message to the others are one transaction; a refusal changes nothing and
 * is on the ledger too. Flow: docs/flows/support-measures.md.
 */
import { randomUUID } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPersonText } from '@ishizue/text';
import type { Access } from '../access.ts';
import { takeTurns } from '../municipal/decide-event.ts';
import { requestDigest } from '../municipal/recorded-request.ts';
import { residentsByCodeForUpdate } from '../municipal/resident-store.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { decideSupportStep, newMeasure, requireStepDate } from './decide-support-step.ts';
import type {
  DecidedStep,
  SupportApplication,
  SupportFailure,
  SupportMeasure,
  SupportStep,
} from './support-measure.ts';
import { SUPPORT_FLAG, type SupportFlagBody, upLink } from './support-message.ts';
import { findMeasureForUpdate, storeFlags, storeMeasure } from './support-store.ts';

interface Asked {
  readonly municipality: string;
  readonly access: Access;
  /** Chosen by the caller: the same request is recorded once. */
  readonly requestId: string;
}

/** Takes an application; the measure protects nobody before it is granted. */
export function applyForSupport(
  context: RegistryContext,
  asked: Asked,
  application: SupportApplication,
): Promise<Result<SupportMeasure, SupportFailure>> {
  const measureId = randomUUID();
  const named = [application.residentCode, ...application.included];
  return record(context, asked, { ...application, measureId: null }, named, (tx) =>
    decideApplication(tx, context, asked.municipality, measureId, application),
  );
}

/** Records a step of a measure. */
export function recordSupportStep(
  context: RegistryContext,
  asked: Asked,
  measureId: string,
  step: SupportStep,
): Promise<Result<SupportMeasure, SupportFailure>> {
  return record(context, asked, { ...step, measureId }, [], async (tx) => {
    const before = await findMeasureForUpdate(tx, asked.municipality, measureId);
    if (!before) return fail('measure-not-found', 'there is no such measure here');
    if (step.act === 'tell' && !areKnown(context, step.municipalities)) return unknownMunicipality();
    return decideSupportStep(before, step, dateInTokyo(context.clock.now()));
  });
}

type Step = (SupportApplication | SupportStep) & { readonly measureId: string | null };

async function record(
  context: RegistryContext,
  { municipality, access, requestId }: Asked,
  step: Step,
  named: readonly string[],
  decide: (tx: Tx) => Promise<DecidedStep>,
): Promise<Result<SupportMeasure, SupportFailure>> {
  const site = municipalSite(municipality);
  const result = await inTransaction(context.sql, { site }, async (tx) => {
    await takeTurns(tx, `${municipality} support ${requestId}`);
    const earlier = await findRecordedStep(tx, municipality, requestId, step);
    if (earlier) return earlier;
    const decided = await decide(tx);
    const subjects = decided.ok ? decided.value.persons : named;
    await recordEntries(
      tx,
      (subjects.length > 0 ? subjects : [null]).map((subject) => ({
        site,
        at: context.clock.now(),
        ...access,
        subject: subject === null ? null : context.pseudonyms.of(site, subject),
        fields: ['support-measure', step.act],
        result: decided.ok ? 'ok' : decided.failure.code,
      })),
    );
    if (decided.ok) await write(tx, context, municipality, access.actor, requestId, step, decided.value);
    return decided;
  });
  context.wake();
  return result;
}

async function decideApplication(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  measureId: string,
  application: SupportApplication,
): Promise<DecidedStep> {
  const dated = requireStepDate(application.on, dateInTokyo(context.clock.now()));
  if (!dated.ok) return dated;
  for (const { name } of application.abusers) {
    const checked = checkPersonText(name, 100);
    if (!checked.ok) return fail('text-refused', checked.failure.detail);
  }
  if (!areKnown(context, application.tell)) return unknownMunicipality();
  const measure = newMeasure(measureId, application);
  const residents = await residentsByCodeForUpdate(tx, municipality, measure.persons);
  for (const code of measure.persons) {
    const resident = residents.get(code);
    if (!resident) return fail('resident-not-found', 'no such resident in this municipality');
    // whom the application includes may have left already: their deleted record tells where to
    if (code === measure.residentCode && resident.status !== 'resident')
      return fail('resident-not-current', `the record is ${resident.status}`);
  }
  return ok(measure);
}

const areKnown = (context: RegistryContext, municipalities: readonly string[]): boolean =>
  municipalities.every((code) => context.municipalities.findMunicipality(code) !== undefined);
const unknownMunicipality = () => fail('municipality-unknown', 'no municipality has this code');

async function write(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  operator: string,
  requestId: string,
  step: Step,
  after: SupportMeasure,
): Promise<void> {
  await storeMeasure(tx, municipality, after);
  const at = context.clock.now();
  await tx`
    INSERT INTO registry.municipal_support_step (municipality_code, measure_id, step, act, act_date, recorded_at,
      operator, request_id, request_sha256)
    VALUES (${municipality}, ${after.measureId}, ${after.steps}, ${step.act},
      ${step.act === 'opinion' ? step.givenOn : step.on}, ${new Date(at)}, ${operator}, ${requestId},
      ${requestDigest(tx, step)})`;
  const isTold = ['grant', 'extend', 'end', 'tell'].includes(step.act);
  if (!isTold || after.validFrom === null || after.validUntil === null) return;
  const { measureId, version, validFrom, validUntil } = after;
  const flags = { origin: municipality, measureId, version, validFrom, validUntil, abusers: after.abusers };
  await storeFlags(tx, municipality, [{ ...flags, persons: after.persons }], at);
  const body: SupportFlagBody = {
    ...flags,
    abusers: [...after.abusers],
    persons: [...after.persons],
    tell: [...after.tell],
  };
  await sendAll(tx, [{ link: upLink(municipality), subject: measureId, topic: SUPPORT_FLAG, body }]);
}

/** The measure as it stands, where the request was recorded before. */
async function findRecordedStep(
  tx: Tx,
  municipality: string,
  requestId: string,
  step: Step,
): Promise<DecidedStep | undefined> {
  const [row] = await tx<{ measureId: string; isSame: boolean }[]>`
    SELECT measure_id AS "measureId", request_sha256 = ${requestDigest(tx, step)} AS "isSame"
    FROM registry.municipal_support_step
    WHERE municipality_code = ${municipality} AND request_id = ${requestId}`;
  if (!row) return undefined;
  if (!row.isSame) return fail('request-id-reused', 'this request id was used for another step');
  const measure = await findMeasureForUpdate(tx, municipality, row.measureId);
  return measure && ok(measure);
}
