// Preloaded into the suite's process, which has no option for a token: adds the header to each request to the
// gateway's origin, however it is made (fetch and undici by the first channel, node:http by the second).
import { subscribe } from 'node:diagnostics_channel';

type UndiciRequest = { readonly origin: string | URL; addHeader(name: string, value: string): void };
type HttpRequest = {
  readonly protocol: string;
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): void;
};

const { CONFORMANCE_BEARER: bearer, CONFORMANCE_ORIGIN: origin } = process.env;

if (bearer !== undefined) {
  subscribe('undici:request:create', message => {
    const { request } = message as { readonly request: UndiciRequest };
    if (String(request.origin) === origin) request.addHeader('authorization', `Bearer ${bearer}`);
  });
  subscribe('http.client.request.created', message => {
    const { request } = message as { readonly request: HttpRequest };
    const target = `${request.protocol}//${String(request.getHeader('host'))}`;
    if (target === origin) request.setHeader('authorization', `Bearer ${bearer}`);
  });
}
