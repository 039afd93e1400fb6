export {
  assignNumbers,
  type NumberingContext,
  numberingTopics,
  type PermuteElevenDigits,
} from './assign-numbers.ts';
export {
  type IndividualNumberFailure,
  individualNumberCheckDigit,
  individualNumberOf,
  parseIndividualNumber,
} from './individual-number.ts';
export { numberingSchema } from './schema.ts';
