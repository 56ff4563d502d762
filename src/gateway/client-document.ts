import { Fault } from '../base/index.ts';
import { type Route, sendFault, sendJson } from '../http/index.ts';
import { CLIENT_METADATA_PATH, type Connections } from '../upstream/index.ts';

/** Who the gateway is as a client, for authorization servers that read it (OAuth Client ID Metadata Document). */
export function clientDocument(connections: Connections): Route {
  return exchange => {
    if (exchange.path !== CLIENT_METADATA_PATH) return false;
    const document = connections.clientMetadata();
    if (document) sendJson(exchange, 200, document);
    else sendFault(exchange, new Fault('not_found'));
    return true;
  };
}
