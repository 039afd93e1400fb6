export { type DatedRule, DatedRules } from './dated-rules.ts';
