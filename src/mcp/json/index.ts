/** JSON as the bytes that it came in. */
export { canonical } from './canonical.ts';
export { elements, isObjectAt, type Members, members, type Range } from './scan.ts';
export { rebuild, type Splice, splice } from './splice.ts';
export { SwapStream } from './swap.ts';
export { isAnswer, Wholeness } from './whole.ts';
