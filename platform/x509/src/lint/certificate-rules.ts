/** All general rules on certificates, in the order in which findings read best: encoding, fields, key, extensions. */
import type { TbsCertificate } from '../certificate/tbs-certificate.ts';
import { certificateEncodingRules } from './certificate-encoding-rules.ts';
import { certificateExtensionRules } from './certificate-extension-rules.ts';
import { certificateFieldRules } from './certificate-field-rules.ts';
import { certificateKeyRules } from './certificate-key-rules.ts';
import { certificateKeyTypeRules } from './certificate-key-type-rules.ts';
import type { LintRule } from './lint-rule.ts';

export const certificateRules: readonly LintRule<TbsCertificate>[] = [
  ...certificateEncodingRules,
  ...certificateFieldRules,
  ...certificateKeyRules,
  ...certificateKeyTypeRules,
  ...certificateExtensionRules,
];
