/** What sites are called on the page; a site that nobody named is shown by its identifier. */
import { html, type SafeHtml } from '@ishizue/http';
import type { SiteView } from './country-view.ts';
import type { Reader } from './reader.ts';

export class SiteNames {
  readonly #sites: ReadonlyMap<string, SiteView>;

  constructor(sites: readonly SiteView[]) {
    this.#sites = new Map(sites.map((site) => [site.site, site]));
  }

  /** The site's name in the reader's language. @param known its Japanese name, where the country has no such site */
  show(reader: Reader, site: string, known = site): SafeHtml {
    const view = this.#sites.get(site);
    if (reader.language === 'ja') return html`${view?.name ?? known}`;
    if (view?.nameEn !== undefined) return html`${view.nameEn}`;
    return html`<span lang="ja">${view?.name ?? known}</span>`;
  }

  /** The name as it stands below another site's: `東京都清瀬市` below `東京都` is `清瀬市`. */
  showBelow(reader: Reader, above: string | undefined, site: string): SafeHtml {
    const name = this.#sites.get(site)?.name;
    const prefix = above === undefined ? undefined : this.#sites.get(above)?.name;
    if (reader.language === 'en' || name === undefined || prefix === undefined)
      return this.show(reader, site);
    return html`${name.startsWith(prefix) && name !== prefix ? name.slice(prefix.length) : name}`;
  }
}
