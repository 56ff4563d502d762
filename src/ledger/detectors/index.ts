export { findHidden } from './hidden-text.ts';
export { findInstructions } from './instructions.ts';
export type { Mark } from './mark.ts';
export {
  createInspector,
  type Finding,
  findInText,
  type Inspector,
  type PayloadDetector,
} from './payload/payload.ts';
export { textsIn } from './payload/places.ts';
export { findSecrets } from './secrets.ts';
