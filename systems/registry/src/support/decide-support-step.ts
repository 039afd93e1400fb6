/**
 * The lifecycle of a support measure, pure: applied → opinion → granted or refused; in force for its period, extended in the
 * last month on a new opinion, ended. What has run out is over by the date alone and is applied for anew.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { requireEventDate } from '../events/guards.ts';
import type {
  DecidedStep,
  SupportApplication,
  SupportFailure,
  SupportMeasure,
  SupportStep,
} from './support-measure.ts';
import { extendableFrom, supportedUntil } from './support-period.ts';

/** A date that is one, and not in the future. */
export function requireStepDate(date: IsoDate, today: IsoDate): Result<IsoDate, SupportFailure> {
  const dated = requireEventDate(date, today);
  if (dated.ok) return dated;
  const code = dated.failure.code === 'event-in-the-future' ? dated.failure.code : 'event-date-invalid';
  return fail(code, dated.failure.detail);
}

/** The measure of an application; whether its persons are here is the caller's to know. */
export function newMeasure(measureId: string, application: SupportApplication): SupportMeasure {
  const { residentCode, included, kind, abusers, tell, on } = application;
  return {
    measureId,
    residentCode,
    persons: [...new Set([residentCode, ...included])],
    kind,
    state: 'applied',
    abusers,
    opinion: null,
    appliedOn: on,
    validFrom: null,
    validUntil: null,
    version: 0,
    tell: [...new Set(tell)],
    told: [],
    notReached: [],
    steps: 1,
  };
}

/** The measure after a step. Where its `version` has risen, the other municipalities are told. */
export function decideSupportStep(before: SupportMeasure, step: SupportStep, today: IsoDate): DecidedStep {
  const on = step.act === 'opinion' ? step.givenOn : step.on;
  const dated = requireStepDate(on, today);
  if (!dated.ok) return dated;
  if (step.act !== 'opinion' && on < before.appliedOn)
    return fail('step-out-of-order', 'the step is before the application');
  const decided = decide(before, step, today);
  return decided.ok ? ok({ ...decided.value, steps: before.steps + 1 }) : decided;
}

function decide(before: SupportMeasure, step: SupportStep, today: IsoDate): DecidedStep {
  switch (step.act) {
    case 'opinion': {
      if (before.state !== 'applied' && before.state !== 'in-force') return outOfOrder(before);
      const { body, givenOn, finding } = step;
      return ok({ ...before, opinion: { body, givenOn, finding } });
    }
    case 'grant':
      return grant(before, step.on);
    case 'refuse':
      return before.state === 'applied' ? ok({ ...before, state: 'refused' }) : outOfOrder(before);
    case 'extend':
      return extend(before, step.on, today);
    case 'end':
      return end(before, step.on, today);
    case 'tell': {
      if (!isInForce(before, today)) return notInForce();
      const tell = [...new Set([...before.tell, ...step.municipalities])];
      return ok({ ...before, tell, version: before.version + 1 });
    }
  }
}

/** Whether the measure protects on a day. */
export const isInForce = ({ state, validFrom, validUntil }: SupportMeasure, on: IsoDate): boolean =>
  state === 'in-force' && validFrom !== null && validUntil !== null && validFrom <= on && on <= validUntil;

const outOfOrder = ({ state }: SupportMeasure) =>
  fail('step-out-of-order', `the measure is ${state}: this step does not follow`);
const notInForce = () => fail('measure-not-in-force', 'the measure is not in force on this day');

function opinionFor(before: SupportMeasure, since: IsoDate): Result<undefined, SupportFailure> {
  if (!before.opinion || before.opinion.givenOn < since)
    return fail('opinion-missing', 'no body has been heard on the need');
  if (before.opinion.finding === 'not-needed')
    return fail('opinion-against', 'the body that was heard sees no need');
  return ok(undefined);
}

function grant(before: SupportMeasure, on: IsoDate): DecidedStep {
  if (before.state !== 'applied') return outOfOrder(before);
  // a court's order or a body's opinion may be older than the application that it comes with
  const heard = opinionFor(before, '0001-01-01');
  if (!heard.ok) return heard;
  const { version } = before;
  return ok({
    ...before,
    state: 'in-force',
    validFrom: on,
    validUntil: supportedUntil(on),
    version: version + 1,
  });
}

function extend(before: SupportMeasure, on: IsoDate, today: IsoDate): DecidedStep {
  const { validUntil, version } = before;
  if (!isInForce(before, today) || validUntil === null) return notInForce();
  const window = extendableFrom(validUntil);
  if (on < window) return fail('extension-too-early', `an extension is applied for from ${window}`);
  const heard = opinionFor(before, window);
  if (!heard.ok) return heard;
  return ok({ ...before, validUntil: supportedUntil(addDays(validUntil, 1)), version: version + 1 });
}

/** The day itself is the last one that is protected: what was asked for on it is refused. */
function end(before: SupportMeasure, on: IsoDate, today: IsoDate): DecidedStep {
  const { validFrom, version } = before;
  if (!isInForce(before, today) || validFrom === null) return notInForce();
  if (on < validFrom) return fail('step-out-of-order', 'the end is before the beginning');
  return ok({ ...before, state: 'ended', validUntil: on, version: version + 1 });
}
