/**
 * Items with a place of their own (text boxes, seals, bar codes, rules) as leaves of the structure. The origin is
 * the page's corner for what stands on every page, the area's corner inside the body.
 */
import { encodeCode128, QUIET_MODULES } from './code128.ts';
import type { BarcodeItem, ImageItem, Item, QrItem, RuleItem, TextItem } from './document-spec.ts';
import type { Leaf, Mark, StructureNode } from './marks.ts';
import { encodeQr, QR_QUIET_MODULES } from './qr-code.ts';
import { sealMarks } from './seal.ts';
import { INK, placeText, type Setting, setText } from './set-text.ts';
import type { Typeface } from './typeface.ts';

/** What laying out a document needs. */
export interface LayoutSetting extends Setting {
  readonly typeface: Typeface;
}

const RULE_MM = 0.2;
const MODULE_MIN_MM = 0.19; // narrower bars run together on an office printer
const MODULE_MAX_MM = 0.4;
const QR_MODULE_MIN_MM = 0.33; // what phones read from an office printer's paper

/**
 * The leaves of items.
 * @param key names them in the structure; undefined makes them decoration, as for what repeats on every page
 */
export function itemLeaves(
  setting: LayoutSetting,
  items: readonly Item[],
  x_mm: number,
  y_mm: number,
  where: string,
  key?: string,
): readonly Leaf[] {
  return items.map((item, index): Leaf => {
    const path =
      key === undefined ? [] : [nodeOf(item, `${key}/${index}`)].filter((node) => node !== undefined);
    const place = `${where}, item ${index + 1}`;
    switch (item.kind) {
      case 'text':
        return { path, marks: textMarks(setting, item, x_mm, y_mm, place) };
      case 'seal': {
        const marks = sealMarks(setting.typeface, setting.refusals, item, x_mm + item.x_mm, y_mm + item.y_mm);
        return { path, marks, under: true };
      }
      case 'barcode':
        return { path, marks: barcodeMarks(setting, item, x_mm, y_mm) };
      case 'qr':
        return { path, marks: qrMarks(setting, item, x_mm, y_mm) };
      case 'image':
        return { path, marks: imageMarks(setting, item, x_mm, y_mm, place) };
      case 'rule':
        return { path, marks: [ruleMark(item, x_mm, y_mm)] };
    }
  });
}

function nodeOf(item: Item, key: string): StructureNode | undefined {
  switch (item.kind) {
    case 'text':
      return { key, tag: 'P' };
    case 'seal':
      return { key, tag: 'Figure', alt: `印影 ${item.text}` };
    case 'barcode':
      return { key, tag: 'Figure', alt: `バーコード ${item.data}` };
    case 'qr':
    case 'image':
      return { key, tag: 'Figure', alt: item.alt };
    case 'rule':
      return undefined;
  }
}

function textMarks(
  setting: Setting,
  item: TextItem,
  x_mm: number,
  y_mm: number,
  where: string,
): readonly Mark[] {
  const set = setText(setting, item, item.width_mm, where);
  if (set.height_mm > item.height_mm + 1e-6) setting.refusals.add('text-overflow', where);
  return placeText(set, item, { ...item, x_mm: x_mm + item.x_mm, y_mm: y_mm + item.y_mm });
}

function barcodeMarks(setting: Setting, item: BarcodeItem, x_mm: number, y_mm: number): readonly Mark[] {
  const encoded = encodeCode128(item.data);
  if (!encoded.ok) {
    setting.refusals.add(encoded.failure.code, encoded.failure.detail);
    return [];
  }
  const { modules, bars } = encoded.value;
  const module_mm = Math.min(item.width_mm / (modules + 2 * QUIET_MODULES), MODULE_MAX_MM);
  if (module_mm < MODULE_MIN_MM) {
    setting.refusals.add('barcode-unencodable', `bars would be narrower than ${MODULE_MIN_MM} mm`);
    return [];
  }
  const left_mm = x_mm + item.x_mm + (item.width_mm - modules * module_mm) / 2;
  const boxes_mm = bars.map(
    ([start, width]) =>
      [left_mm + start * module_mm, y_mm + item.y_mm, width * module_mm, item.height_mm] as const,
  );
  const white = [x_mm + item.x_mm, y_mm + item.y_mm, item.width_mm, item.height_mm] as const;
  return [
    { kind: 'shape', shape: 'box', boxes_mm: [white], fill: '#ffffff' },
    { kind: 'shape', shape: 'box', boxes_mm, fill: INK },
  ];
}

function qrMarks(setting: Setting, item: QrItem, x_mm: number, y_mm: number): readonly Mark[] {
  const encoded = encodeQr(item.data);
  if (!encoded.ok) {
    setting.refusals.add(encoded.failure.code, encoded.failure.detail);
    return [];
  }
  const { modules, dark } = encoded.value;
  const module_mm = item.size_mm / (modules + 2 * QR_QUIET_MODULES);
  if (module_mm < QR_MODULE_MIN_MM) {
    setting.refusals.add('barcode-unencodable', `modules would be smaller than ${QR_MODULE_MIN_MM} mm`);
    return [];
  }
  const [left_mm, top_mm] = [x_mm + item.x_mm, y_mm + item.y_mm];
  const at = (module: number): number => (module + QR_QUIET_MODULES) * module_mm;
  const boxes_mm = dark.map(
    ([row, column]) => [left_mm + at(column), top_mm + at(row), module_mm, module_mm] as const,
  );
  const white = [left_mm, top_mm, item.size_mm, item.size_mm] as const;
  return [
    { kind: 'shape', shape: 'box', boxes_mm: [white], fill: '#ffffff' },
    { kind: 'shape', shape: 'box', boxes_mm, fill: INK },
  ];
}

function imageMarks(
  setting: Setting,
  item: ImageItem,
  x_mm: number,
  y_mm: number,
  where: string,
): readonly Mark[] {
  if (!isJpeg(item.jpeg)) {
    setting.refusals.add('image-unusable', where);
    return [];
  }
  const box_mm = [x_mm + item.x_mm, y_mm + item.y_mm, item.width_mm, item.height_mm] as const;
  return [{ kind: 'image', box_mm, jpeg: item.jpeg }];
}

/** Segments from the start to a frame header of 8 bits in one or three colours (ITU-T T.81, B.1 and B.2). */
function isJpeg(octets: Uint8Array): boolean {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return false;
  for (let at = 2; at + 10 <= bytes.length; ) {
    const marker = bytes.readUInt16BE(at);
    if (marker < 0xffc0 || marker > 0xfffe) return false;
    const isFrame = marker >= 0xffc0 && marker <= 0xffc2;
    if (isFrame) return bytes[at + 4] === 8 && [1, 3].includes(bytes[at + 9] ?? 0);
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return false;
}

function ruleMark({ from_mm, to_mm, width_mm }: RuleItem, x_mm: number, y_mm: number): Mark {
  const line = [x_mm + from_mm[0], y_mm + from_mm[1], x_mm + to_mm[0], y_mm + to_mm[1]] as const;
  return { kind: 'rules', lines_mm: [line], width_mm: width_mm ?? RULE_MM, colour: INK };
}
