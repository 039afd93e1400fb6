export type {
  Align,
  AreaBlock,
  BarcodeItem,
  Block,
  Cell,
  DocumentSpec,
  ImageItem,
  Item,
  PageAt,
  Paragraph,
  Row,
  RuleItem,
  SealItem,
  SpaceBlock,
  TableBlock,
  TextBlock,
  TextBox,
  TextItem,
} from './document-spec.ts';
export type { Colour } from './marks.ts';
export type { PdfCode } from './pdf-failure.ts';
export { inOnePiece, type PrintFiles, putDocument } from './print-files.ts';
export { type RenderedDocument, renderDocument } from './render-document.ts';
export { createSecurityPattern, type SecurityPattern, type SecurityPatternLook } from './security-pattern.ts';
export { baseCharacter, missingClusters, type Substitute, type SubstituteFor } from './shaper.ts';
export { renderTextImage, type TextImage } from './text-image.ts';
export { openTypeface, type Typeface } from './typeface.ts';
