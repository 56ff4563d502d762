export { type Classified, classify, type MirrorHeaders } from './classify.ts';
export type { ClientCapabilities, Profile } from './eras.ts';
export { canBeAsked, META, profileKey, readCapabilities, writeCapabilities } from './eras.ts';
export type {
  Message,
  NotificationMessage,
  Params,
  RequestMessage,
  ResponseMessage,
} from './message.ts';
export { idTextOf, isObject, readBody, readMessage } from './message.ts';
export type { ListName, MethodRow, TargetKind } from './methods.ts';
export { LIST_CHANGED, LOG_LEVELS, METHODS } from './methods.ts';
export { encodeHeaderValue, type ParamHeader, paramHeaders, paramMatches } from './mirror-headers.ts';
export type { Era } from './revisions.ts';
export {
  eraOf,
  LATEST_LEGACY,
  LATEST_MODERN,
  LEGACY_REVISIONS,
  MODERN_REVISIONS,
  UNSAID_REVISION,
} from './revisions.ts';
export { elements, isObjectAt, type Members, members, type Range } from './scan.ts';
export type { ServerAuth, ServerEntry, ServerTransport } from './server-entry.ts';
export { notCalledYet, RESERVED_SERVER_NAMES, SERVER_NAME } from './server-entry.ts';
export { type Splice, splice } from './splice.ts';
export { FrameSplitter, parseFrame, toFrame } from './sse.ts';
export { SwapStream } from './swap.ts';
export { hasLiteralScheme, matchesTemplate } from './uri-template.ts';
