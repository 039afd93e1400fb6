/** Lint rules on the basic fields of a certificate (RFC 5280 4.1). */
import { findSignatureAlgorithm } from '../certificate/algorithm.ts';
import type { Defect } from '../certificate/defect.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import { ATTRIBUTE_OIDS } from '../certificate/name.ts';
import type { TbsCertificate } from '../certificate/tbs-certificate.ts';
import { always, type LintRule } from './lint-rule.ts';

type Rule = LintRule<TbsCertificate>;

/** What the parser noted under a code. */
export const findDefect = (
  view: { readonly defects: readonly Defect[] },
  code: Defect['code'],
): string | undefined => view.defects.find((defect) => defect.code === code)?.detail;

const version3: Rule = {
  name: 'version-is-3',
  citation: 'RFC 5280 4.1.2.1',
  applies: always,
  check: ({ version }) => (version === 3 ? undefined : `version ${version}`),
};

const serialNumberRange: Rule = {
  name: 'serial-number-is-positive-and-at-most-20-octets',
  citation: 'RFC 5280 4.1.2.2',
  applies: always,
  check: (view) => findDefect(view, 'serial-number-range'),
};

const noUniqueIdentifier: Rule = {
  name: 'unique-identifiers-are-absent',
  citation: 'RFC 5280 4.1.2.8',
  applies: always,
  check: (view) => findDefect(view, 'unique-identifier'),
};

const ourSignatureAlgorithm: Rule = {
  name: 'signature-algorithm-is-one-of-ours',
  citation: 'RFC 5280 4.1.2.3; RFC 4055 5; RFC 5758 3.2; RFC 8410 3; RFC 9881 3',
  applies: always,
  check: ({ innerAlgorithm }) =>
    findSignatureAlgorithm(innerAlgorithm) === undefined ? `algorithm ${innerAlgorithm.oid}` : undefined,
};

const issuerNotEmpty: Rule = {
  name: 'issuer-is-not-empty',
  citation: 'RFC 5280 4.1.2.4',
  applies: always,
  check: ({ issuer }) => (issuer.relativeNames.length === 0 ? 'no issuer' : undefined),
};

const subjectNotEmpty: Rule = {
  name: 'subject-is-not-empty-without-critical-alternative-name',
  citation: 'RFC 5280 4.1.2.6, 4.2.1.6',
  applies: ({ subject }) => subject.relativeNames.length === 0,
  check: ({ extensions, known }) =>
    known.subjectAltName !== undefined &&
    extensions.some(({ oid, critical }) => oid === EXTENSION_OIDS.subjectAltName && critical)
      ? undefined
      : 'no subject and no critical subjectAltName',
};

const validityForm: Rule = {
  name: 'validity-uses-utc-time-through-2049',
  citation: 'RFC 5280 4.1.2.5',
  applies: always,
  check: (view) => findDefect(view, 'time-form'),
};

const validityOrder: Rule = {
  name: 'validity-does-not-end-before-it-begins',
  citation: 'RFC 5280 4.1.2.5',
  applies: always,
  check: ({ notBefore, notAfter }) => (notBefore <= notAfter ? undefined : 'notAfter is before notBefore'),
};

/** Upper bounds in characters (RFC 5280 appendix A.1). */
const ATTRIBUTE_CHARACTERS_MAX = new Map<string, number>([
  [ATTRIBUTE_OIDS.CN, 64],
  [ATTRIBUTE_OIDS.O, 64],
  [ATTRIBUTE_OIDS.OU, 64],
  [ATTRIBUTE_OIDS.L, 128],
  [ATTRIBUTE_OIDS.ST, 128],
  [ATTRIBUTE_OIDS.title, 64],
  [ATTRIBUTE_OIDS.serialNumber, 64],
  [ATTRIBUTE_OIDS.SN, 32_768],
  [ATTRIBUTE_OIDS.GN, 32_768],
]);

const nameBounds: Rule = {
  name: 'name-attributes-are-within-their-bounds',
  citation: 'RFC 5280 appendix A.1 (ub-common-name and others)',
  applies: always,
  check: ({ issuer, subject }) => {
    const attributes = [...issuer.relativeNames, ...subject.relativeNames].flat();
    const outside = attributes.find(({ oid, value }) => {
      const characters = Array.from(value).length;
      return characters === 0 || characters > (ATTRIBUTE_CHARACTERS_MAX.get(oid) ?? 32_768);
    });
    return outside === undefined ? undefined : `attribute ${outside.oid}`;
  },
};

const nameStringTypes: Rule = {
  name: 'name-attributes-are-printable-or-utf8',
  citation: 'RFC 5280 4.1.2.4, appendix A.1',
  applies: always,
  check: ({ issuer, subject }) => {
    const attributes = [...issuer.relativeNames, ...subject.relativeNames].flat();
    const wrong = attributes.find(({ oid, type }) => {
      if (oid === ATTRIBUTE_OIDS.DC) return type !== 'ia5';
      return oid === ATTRIBUTE_OIDS.UID ? false : type !== 'printable' && type !== 'utf8';
    });
    return wrong === undefined ? undefined : `attribute ${wrong.oid} as ${wrong.type}`;
  },
};

const countryCode: Rule = {
  name: 'country-is-two-printable-letters',
  citation: 'RFC 5280 appendix A.1 (X520countryName)',
  applies: always,
  check: ({ issuer, subject }) => {
    const countries = [...issuer.relativeNames, ...subject.relativeNames]
      .flat()
      .filter(({ oid }) => oid === ATTRIBUTE_OIDS.C);
    const isRight = countries.every(({ value, type }) => type === 'printable' && /^[A-Z]{2}$/.test(value));
    return isRight ? undefined : 'countryName';
  },
};

export const certificateFieldRules: readonly Rule[] = [
  version3,
  serialNumberRange,
  noUniqueIdentifier,
  ourSignatureAlgorithm,
  issuerNotEmpty,
  subjectNotEmpty,
  validityForm,
  validityOrder,
  nameBounds,
  nameStringTypes,
  countryCode,
];
