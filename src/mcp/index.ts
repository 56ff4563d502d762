export { type Classified, classify, type MirrorHeaders } from './classify.ts';
export * from './eras.ts';
export * from './json/index.ts';
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
export {
  encodeHeaderValue,
  type ParamHeader,
  paramHeaders,
  paramMatches,
  paramValue,
} from './mirror-headers.ts';
export * from './revisions.ts';
export type { OAuthAuth, ServerAuth, ServerEntry, ServerTransport } from './server-entry.ts';
export { accountKey, isPerPerson, keyFor, RESERVED_SERVER_NAMES, SERVER_NAME } from './server-entry.ts';
export { FrameSplitter, isAnswerFrame, isPlainFrame, parseFrame, readPosition, toFrame } from './sse.ts';
export { readTraceparent, type TraceContext, writeTraceparent } from './trace-context.ts';
export { hasLiteralScheme, matchesTemplate } from './uri-template.ts';
