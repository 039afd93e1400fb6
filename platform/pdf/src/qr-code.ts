/**
 * QR codes (ISO/IEC 18004) for addresses that a phone reads from paper: error correction M, the smallest version that holds the
 * data. The symbol is made by the library; this is its one door.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import makeQr from 'qrcode-generator';

/** Octets in one code: what a phone still reads at the size of a stamp. */
const QR_OCTETS_MAX = 200;
/** Modules of white that belong to each side. */
export const QR_QUIET_MODULES = 4;

/** The dark modules of a symbol, as row and column, and how many there are along an edge. */
export interface QrSymbol {
  readonly modules: number;
  readonly dark: readonly (readonly [row: number, column: number])[];
}

/** Encodes printable ASCII. */
export function encodeQr(data: string): Result<QrSymbol, 'barcode-unencodable'> {
  if (!/^[!-~]+$/.test(data)) return fail('barcode-unencodable', 'only printable ASCII without spaces');
  if (data.length > QR_OCTETS_MAX) return fail('barcode-unencodable', `more than ${QR_OCTETS_MAX} octets`);
  const symbol = makeQr(0, 'M');
  symbol.addData(data, 'Byte');
  symbol.make();
  const modules = symbol.getModuleCount();
  const edge = Array.from({ length: modules }, (_, index) => index);
  const dark = edge.flatMap((row) =>
    edge.flatMap((column) => (symbol.isDark(row, column) ? [[row, column] as const] : [])),
  );
  return ok({ modules, dark });
}
