import { sampleCertificates } from '../src/testing/sample-certificates.ts';
import { jpkiLints } from '../src/lint/jpki-lints.ts';
import { encodeCertId, encodeResponseData, keyIdentifier, parsePublicKeyInfo, serialNumber } from '@ishizue/x509';
import { mustSucceed } from '@ishizue/outcome';
const s = sampleCertificates(); const signer = mustSucceed(parsePublicKeyInfo(s.authoritySpki), 'x');
const h = { name: Buffer.alloc(20), key: Buffer.alloc(20) };
const ocsp = Buffer.from(encodeResponseData({ responderKeyHash: keyIdentifier(signer), producedAt: s.notBefore, nonce: Buffer.alloc(32, 3), responses: [{ certId: encodeCertId('sha1', { sha1: h, sha256: h }, serialNumber(5)), status: { status: 'good' }, thisUpdate: s.notBefore }] }));
const time = (name: string, f: () => unknown, n = 5000) => { for (let i = 0; i < 500; i++) f(); const t = process.cpuUsage(); for (let i = 0; i < n; i++) f(); const u = process.cpuUsage(t); console.log(name, ((u.user + u.system) / n).toFixed(1), 'us'); };
time('lint ocsp', () => jpkiLints.ocsp(ocsp, s.authoritySpki));
const a = s.authentication(), g = s.signature();
time('lint authentication', () => jpkiLints.certificate['jpki-authentication']?.(a, s.authoritySpki));
time('lint signature', () => jpkiLints.certificate['jpki-signature']?.(g, s.authoritySpki));
time('encode authentication', () => s.authentication());
time('encode signature', () => s.signature());
import { certificateRules, lintCertificate, parseTbsCertificate } from '@ishizue/x509';
time('parse', () => parseTbsCertificate(g));
time('general rules', () => lintCertificate(certificateRules, g));
for (const r of certificateRules) { const v = mustSucceed(parseTbsCertificate(g), 'x'); let i=0; const views = Array.from({length: 5600}, () => mustSucceed(parseTbsCertificate(g), 'x')); time(r.name, () => { const view = views[i++ % 5600] ?? v; return r.applies(view) && r.check(view); }); }
import { signatureRules } from '../src/lint/signature-rules.ts';
for (const r of signatureRules(signer)) { const views = Array.from({length: 5600}, () => mustSucceed(parseTbsCertificate(g), 'x')); let i = 0; time('  ' + r.name, () => { const view = views[i++ % 5600]; return view && r.applies(view) && r.check(view); }); }
