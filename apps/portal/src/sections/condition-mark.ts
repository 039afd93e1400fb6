/** The condition of a link or a site: a mark and a word, so that colour alone says nothing. */
import { html, type SafeHtml } from '@ishizue/http';
import type { LinkCondition } from '../link-condition.ts';
import type { Reader } from '../reader.ts';

const MARKS: Readonly<Record<LinkCondition, string>> = { stopped: '✗', late: '!', moving: '↻', quiet: '✓' };

function conditionWord(reader: Reader, condition: LinkCondition): string {
  const { say } = reader;
  switch (condition) {
    case 'stopped':
      return say('要対応', 'Stopped');
    case 'late':
      return say('遅れ', 'Late');
    case 'moving':
      return say('送達中', 'Moving');
    case 'quiet':
      return say('滞りなし', 'At rest');
  }
}

export const conditionMark = (reader: Reader, condition: LinkCondition): SafeHtml =>
  html`<span class="condition condition-${condition}"><span aria-hidden="true">${MARKS[condition]}</span> ${conditionWord(reader, condition)}</span>`;
