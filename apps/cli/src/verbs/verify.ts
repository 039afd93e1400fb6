/**
 * `ishizue verify FILE --anchor FILE …`: a certificate, a CMS message or a signed PDF checked in full, with a report of what
 * was checked. Exits 0 where it is valid, 1 where it is not, 2 where the question cannot be used. Flow: docs/flows/verify.md.
 */
import { systemClock } from '@ishizue/clock';
import type { Result } from '@ishizue/outcome';
import { defineCommand } from 'citty';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';
import { readBounded, readCertificates, readLists } from '../verify/read-inputs.ts';
import { responderOverHttp } from '../verify/responder-over-http.ts';
import { type Report, reportText, verifyFile } from '../verify/verify-file.ts';
import { parseVerifyOptions, type VerifyOptions } from '../verify/verify-options.ts';

const FILE_BYTES_MAX = 1 << 26;

export const verify = defineCommand({
  meta: {
    name: 'verify',
    description:
      'Verify a certificate, a CMS message or a signed PDF (RFC 5280 path, CRLs, OCSP) and say what was checked. Exits 0 valid, 1 invalid, 2 unusable input.',
  },
  args: {
    file: {
      type: 'positional',
      description: 'certificate or CMS (PEM or DER), or PDF',
      required: false,
      valueHint: 'FILE',
    },
    anchor: { type: 'string', description: 'whom you trust (PEM or DER); repeat for several' },
    chain: { type: 'string', description: 'certificates that may be on the way; repeat for several' },
    crl: { type: 'string', description: 'list of revoked certificates (PEM or DER); repeat for several' },
    ocsp: { type: 'string', description: 'address of a responder, asked about the certificate itself' },
    'no-revocation': {
      type: 'boolean',
      description: 'do not ask whether anything is revoked',
      default: false,
    },
    policy: { type: 'string', description: 'a policy to accept (OID); repeat for several; any without it' },
    'explicit-policy': {
      type: 'boolean',
      description: 'one of them must run through the path',
      default: false,
    },
    'inhibit-mapping': { type: 'boolean', description: 'policy mappings do not count', default: false },
    'inhibit-any': { type: 'boolean', description: 'anyPolicy does not count', default: false },
    purpose: {
      type: 'string',
      description:
        'what it must be for: clientAuth, serverAuth, codeSigning, emailProtection, timeStamping, ocspSigning, or an OID',
    },
    time: { type: 'string', description: 'the instant for which to answer (ISO 8601); now without it' },
    content: { type: 'string', description: 'the content of a CMS message that stands outside of it' },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ rawArgs }) => {
    const json = rawArgs.includes('--json');
    const options = parseVerifyOptions(rawArgs);
    if (!options.ok) return printFailure(json, options.failure, EXIT_UNUSABLE);
    const report = await answer(options.value);
    if (!report.ok) return printFailure(json, report.failure, EXIT_UNUSABLE);
    print(json, report.value, reportText(report.value));
    if (!report.value.valid) process.exitCode = EXIT_FAILED;
  },
});

/** The first of the inputs that cannot be used ends it. */
async function answer(options: VerifyOptions): Promise<Result<Report>> {
  const file = readBounded(options.file, FILE_BYTES_MAX);
  if (!file.ok) return file;
  const content = options.content === undefined ? undefined : readBounded(options.content, FILE_BYTES_MAX);
  if (content !== undefined && !content.ok) return content;
  const anchors = readCertificates(options.anchors);
  if (!anchors.ok) return anchors;
  const chain = readCertificates(options.chains);
  if (!chain.ok) return chain;
  const crls = readLists(options.crls);
  if (!crls.ok) return crls;
  const { policies, explicitPolicy, inhibitMapping, inhibitAny, asksStatus, purpose } = options;
  return verifyFile(file.value, {
    policies,
    explicitPolicy,
    inhibitMapping,
    inhibitAny,
    asksStatus,
    purpose,
    content: content?.value,
    anchors: anchors.value,
    chain: chain.value,
    crls: crls.value,
    ocsp: options.ocsp && responderOverHttp(options.ocsp),
    at: options.at ?? systemClock.now(),
  });
}
