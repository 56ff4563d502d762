export { Catalogue } from './catalogue.ts';
export type { ToolTraits } from './definition.ts';
export { keptOffers, type Offer } from './offer.ts';
export type { CatalogueChange } from './reading/changes.ts';
export { readOffer } from './reading/reading.ts';
export { serverUri } from './server-uri.ts';
export { itemOf, type Target } from './target.ts';
export { type Page, View } from './view.ts';
