/**
 * Tables that stay readable on a telephone: there each row becomes a card and each cell shows its column's name. The
 * roles are written out because browsers forget them when a table is laid out as anything else.
 */
import { type HtmlValue, html, type SafeHtml } from '@ishizue/http';

/** No table of the page has more rows; what is left out is said below it. */
export const ROWS_MAX = 200;

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => HtmlValue;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

export interface Table<Row> {
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly rows: readonly Row[];
  readonly rowClass?: (row: Row) => string;
  /** Said below the table where rows were left out. */
  readonly leftOut: (count: number) => string;
}

export function table<Row>({ caption, columns, rows, rowClass, leftOut }: Table<Row>): SafeHtml {
  const shown = rows.slice(0, ROWS_MAX);
  return html`
<table class="table" role="table">
  <caption>${caption}</caption>
  <thead role="rowgroup">
    <tr role="row">${columns.map(
      ({ title, isNumber }) =>
        html`<th role="columnheader" scope="col"${isNumber && html` class="number"`}>${title}</th>`,
    )}</tr>
  </thead>
  <tbody role="rowgroup">
    ${shown.map((row) => tableRow(columns, row, rowClass?.(row)))}
  </tbody>
</table>
${rows.length > shown.length && html`<p class="table-note">${leftOut(rows.length - shown.length)}</p>`}`;
}

function tableRow<Row>(columns: readonly Column<Row>[], row: Row, className: string | undefined): SafeHtml {
  const [first, ...rest] = columns;
  return html`<tr role="row"${className !== undefined && html` class="${className}"`}>
      <th role="rowheader" scope="row">${first?.cell(row)}</th>
      ${rest.map(
        ({ title, cell, isNumber }) =>
          html`<td role="cell" data-label="${title}"${isNumber && html` class="number"`}><span class="cell">${cell(row)}</span></td>`,
      )}
    </tr>`;
}
