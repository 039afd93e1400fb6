/** CMS messages of the openssl program, and a PDF around one: what verification must believe, and take apart. */
import { encodePem } from '@ishizue/x509';
import { type Issued, OpensslDesk } from '@ishizue/x509/testing';

/** A CMS message in DER (or BER with `-stream`) over a content, signed by somebody whose chain goes with it. */
export function signByOpenssl(
  content: Uint8Array,
  signer: Issued,
  chain: readonly Issued[],
  options = '',
): Uint8Array {
  using desk = new OpensslDesk();
  desk.put('content', content);
  desk.put('signer.pem', encodePem('CERTIFICATE', signer.certificate.der));
  desk.put('key.pem', signer.key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  desk.put('chain.pem', chain.map(({ certificate }) => encodePem('CERTIFICATE', certificate.der)).join(''));
  const withChain = chain.length === 0 ? '' : '-certfile chain.pem';
  const run = desk.run(
    `cms -sign -binary -in content -signer signer.pem -inkey key.pem ${withChain} -outform DER -out message ${options}`,
  );
  if (run.status !== 0) throw new Error(run.text);
  return desk.read('message');
}

const ROOM = 8_192;

/** The octets of a PDF with room for a message, and where the room is. */
function pdfWithRoom(kind: string): { readonly file: Buffer; readonly from: number; readonly to: number } {
  const room = '0'.repeat(ROOM);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /SigFlags 3 >> >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Annots [4 0 R] >>',
    '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature) /Rect [0 0 0 0] /P 3 0 R /V 5 0 R >>',
    `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /${kind} /ByteRange [0 ########## ########## ##########] /Contents <${room}> >>`,
  ];
  let text = '%PDF-1.7\n';
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(text.length);
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const xref = text.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 6\n0000000000 65535 f \n${rows}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  const from = text.indexOf(`<${room}>`);
  const to = from + room.length + 2;
  for (const number of [from, to, text.length - to])
    text = text.replace('##########', String(number).padEnd(10, ' '));
  return { file: Buffer.from(text, 'latin1'), from, to };
}

/** A PDF that somebody signed. */
export function signedPdf(sign: (content: Uint8Array) => Uint8Array, kind = 'adbe.pkcs7.detached'): Buffer {
  const { file, from, to } = pdfWithRoom(kind);
  const message = Buffer.from(sign(Buffer.concat([file.subarray(0, from), file.subarray(to)])));
  file.write(message.toString('hex'), from + 1, 'latin1');
  return file;
}
