/** Rules on the digital signature certificate (jpki-formats 2, 署名用): the four items in their order and forms. */
import { countCharacters, isCertificateText, parseEraPrefixedDate } from '@ishizue/text';
import { ATTRIBUTE_OIDS, type PublicKeyInfo, type TbsCertificate } from '@ishizue/x509';
import type { HolderAttributes } from '../profile/holder-attributes.ts';
import { readAttributes, readHolderAttributes } from '../profile/read-holder-attributes.ts';
import { HOLDER_NUMBER_FORM, holderRules } from './holder-rules.ts';
import { AREA, hasShape, PREFECTURE } from './names.ts';
import { type CertificateRule, extensionRules, holds } from './profile-rule.ts';

const CITATION = 'jpki-formats 2 (署名用)';
const POLICY = '1.2.392.200149.8.5.1.1.20';
const POLICY_OF_TESTS = '1.2.392.200149.8.5.1.0.20';
const ARC = '1.2.392.200149.8.5.5';
const ORDER = [1, 4, 3, 5, 2, 6].map((last) => `${ARC}.${last}`).join(' ');
const ADDRESS_MAX = 200;

/** A rule on the items, which holds nothing where they cannot be read: another rule says so. */
const item = (
  name: string,
  what: string,
  isRight: (attributes: HolderAttributes) => boolean,
): CertificateRule => ({
  name,
  citation: `${CITATION}: SAN ${what}`,
  applies: () => true,
  check: (view) => {
    const attributes = itemsOf(view);
    return attributes !== undefined && !isRight(attributes) ? what : undefined;
  },
});

const read = new WeakMap<TbsCertificate, HolderAttributes>();

/** Read once for all rules. */
function itemsOf(view: TbsCertificate): HolderAttributes | undefined {
  const attributes = read.get(view) ?? readHolderAttributes(view.known.subjectAltName ?? []);
  if (attributes) read.set(view, attributes);
  return attributes;
}

const itemRules: readonly CertificateRule[] = [
  holds<TbsCertificate>(
    'items-are-six-utf8-other-names-in-the-order-1-4-3-5-2-6',
    `${CITATION}: SAN order`,
    ({ known }) => {
      const names = known.subjectAltName ?? [];
      const attributes = readAttributes(names);
      return (
        names.length === 6 &&
        attributes.map(({ oid }) => oid).join(' ') === ORDER &&
        attributes.every(({ text }) => text !== undefined)
      );
    },
    'subjectAltName',
  ),
  item(
    'name-is-text-that-jis-has',
    '.1',
    ({ name }) => name.text.trim().length > 0 && isCertificateText(name.text),
  ),
  item('parts-of-a-name-stand-apart-by-one-u-3000', '.1', ({ name }) => PARTS_OF_A_NAME.test(name.text)),
  item('name-flags-are-one-for-each-character', '.2', ({ name }) => areFlags(name.flags, name.text)),
  item('sex-is-1-2-or-3', '.3', ({ sex }) => /^[123]$/.test(sex)),
  item('birth-date-is-era-and-gregorian-date', '.4', ({ birthDate }) => parseEraPrefixedDate(birthDate).ok),
  item(
    'address-is-text-that-jis-has-of-at-most-200-characters',
    '.5',
    ({ address }) =>
      address.text.length > 0 &&
      isCertificateText(address.text) &&
      countCharacters(address.text) <= ADDRESS_MAX,
  ),
  item('address-flags-are-one-for-each-character', '.6', ({ address }) =>
    areFlags(address.flags, address.text),
  ),
];

/** Names in Latin letters may have ASCII's space among ASCII's characters. */
const PARTS_OF_A_NAME = /^[^ \u3000]+(?:(?:\u3000|(?<=[!-~]) (?=[!-~]))[^ \u3000]+)*$/;

const areFlags = (flags: string, text: string): boolean =>
  /^[01]*$/.test(flags) && flags.length === countCharacters(text);

export const signatureRules = (signer: PublicKeyInfo): readonly CertificateRule[] => [
  ...holderRules('signature', [POLICY, POLICY_OF_TESTS], signer),
  ...signatureForm,
];

/** What the signature certificates of card and phone have in common. */
export const signatureForm: readonly CertificateRule[] = [
  ...extensionRules(
    `${CITATION}: order KU, SAN, CP, IAN, CRLDP, AKI, SKI`,
    'keyUsage!',
    'subjectAltName',
    'certificatePolicies!',
    'issuerAltName',
    'crlDistributionPoints',
    'authorityKeyIdentifier',
    'subjectKeyIdentifier',
  ),
  holds<TbsCertificate>(
    'subject-of-signature-is-a-place-and-a-number',
    `${CITATION}: Subject`,
    ({ subject }) =>
      hasShape(subject, [
        [ATTRIBUTE_OIDS.C, 'JP'],
        [ATTRIBUTE_OIDS.L, PREFECTURE],
        [ATTRIBUTE_OIDS.L, AREA],
        [ATTRIBUTE_OIDS.CN, HOLDER_NUMBER_FORM],
      ]),
    'the subject',
  ),
  holds<TbsCertificate>(
    'signature-key-signs-and-binds',
    `${CITATION}: keyUsage`,
    ({ known }) => known.keyUsage?.join(' ') === 'digitalSignature nonRepudiation',
    'keyUsage',
  ),
  ...itemRules,
];
