export { type AddressClass, classOfAddress, createAddressReader, networkOf, readAddress } from './address.ts';
export { appRoute } from './app-route.ts';
export { type BodyLimits, readRequestBody } from './body.ts';
export type { DoorRules } from './door.ts';
export {
  type AddressRule,
  type AnswerHeaders,
  type AnswerSink,
  BlockedAddress,
  createEgress,
  type Egress,
  type EgressFailure,
  type EgressRequest,
  type Flow,
  type Target,
} from './egress.ts';
export { type Exchange, header } from './exchange.ts';
export { type Fetched, fetchDocument } from './fetch-document.ts';
export { createFrontDoor, type Route } from './front-door.ts';
export { type Listener, listen } from './listener.ts';
export {
  faultAsRpc,
  sendFault,
  sendJson,
  sendRefusal,
  sendRpcFault,
  sendText,
} from './reply.ts';
