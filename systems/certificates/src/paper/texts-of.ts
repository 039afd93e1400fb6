/** All text that a description of a paper puts on its pages, what stands on every page as often as there are pages. */
import type { Block, DocumentSpec, Item, TextBox } from '@ishizue/pdf';

export function textsOf(spec: DocumentSpec, pages: number): string {
  const every = Array.from({ length: pages }, (_, index) => {
    const at = { page: index + 1, pages };
    return `${spec.id}${at.page}/${pages}${(spec.everyPage?.(at) ?? []).map(textOfItem).join('')}`;
  });
  return drawnText(spec, every.join('') + spec.body.map(textOfBlock).join(''));
}

function textOfBlock(block: Block): string {
  switch (block.kind) {
    case 'table':
      return block.rows.flatMap((row) => row.cells.map(textOfBox)).join('');
    case 'heading':
    case 'paragraph':
      return textOfBox(block);
    case 'area':
      return block.items.map(textOfItem).join('');
    case 'space':
    case 'page-break':
      return '';
  }
}

/** Seals and bar codes are drawings, not text. */
const textOfItem = (item: Item): string => (item.kind === 'text' ? textOfBox(item) : '');

const textOfBox = ({ text }: TextBox): string =>
  typeof text === 'string' ? text : text.map((paragraph) => paragraph.text).join('');

/** The text as it is drawn: with the substitutes that the description allows. */
function drawnText(spec: DocumentSpec, text: string): string {
  return text.replaceAll(
    /.[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]?/gsu,
    (cluster) => spec.substituteFor?.(cluster) ?? cluster,
  );
}
