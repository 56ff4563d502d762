import { Fault } from '../../base/index.ts';

/** What is wrong with a request, with the field's name. */
export function wrong(field: string, says: string): Fault {
  return new Fault('invalid_request', { says: `${field}: ${says}`, data: { field } });
}
