export { findHidden } from './hidden-text.ts';
export { findInstructions } from './instructions.ts';
export type { Mark } from './mark.ts';
export { findSecrets } from './secrets.ts';
