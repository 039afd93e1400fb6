/** Rules on the digital signature certificate (jpki-formats 2, 署名用): the four items in their order and forms. */
import { countCharacters, isCertificateText, parseJpkiDate } from '@ishizue/text';
import {
  ATTRIBUTE_OIDS,
  decodeDerUtf8,
  type GeneralName,
  type LintRule,
  type PublicKeyInfo,
  type TbsCertificate,
} from '@ishizue/x509';
import { HOLDER_NUMBER_FORM, holderRules } from './holder-rules.ts';
import { AREA, hasShape, PREFECTURE } from './names.ts';
import { type CertificateRule, hasExtensions, holds } from './profile-rule.ts';
