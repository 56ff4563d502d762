export { type Clock, systemClock } from './clock.ts';
export { Fault, type FaultDetail, type FaultName, faultNames, toFault } from './faults.ts';
export {
  firstIdAt,
  type GroupId,
  type Id,
  type KeyId,
  randomToken,
  type ServerName,
  type UserId,
  uuidv7,
} from './ids.ts';
export { deriveKey, Seal, type Sealing, SealRing } from './seal.ts';
export { Secret } from './secret.ts';
export { cut, didYouMean, printable } from './text.ts';
