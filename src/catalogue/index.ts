export { Catalogue, type CatalogueChange } from './catalogue.ts';
export type { ToolTraits } from './definition.ts';
export { type Page, type Target, View } from './view.ts';
