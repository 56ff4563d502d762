import { z } from 'zod';
import { Secret } from '../../base/index.ts';
import { type Kind, setting, share, text } from './kinds.ts';

const address: Kind<string | undefined> = {
  schema: z
    .string()
    .trim()
    .refine(value => /^https?:$/.test(URL.parse(value)?.protocol ?? ''))
    .optional(),
  expects: 'an address that begins with http:// or https://',
};

/** Names are tokens (RFC 9110 section 5.6.2), values percent-encoded as in baggage. */
const headers: Kind<Secret | undefined> = {
  schema: z
    .string()
    .regex(
      /^\s*[\w!#$%&'*+.^`|~-]+=[\x21-\x2b\x2d-\x7e]*\s*(,\s*[\w!#$%&'*+.^`|~-]+=[\x21-\x2b\x2d-\x7e]*\s*)*$/,
    )
    .transform(value => new Secret(value))
    .optional(),
  expects: 'name=value pairs with commas between them',
};

/** Traces for a collector, by the names that OpenTelemetry gives them. */
export const telemetrySettings = {
  'otel.endpoint': setting({
    kind: address,
    default: undefined,
    env: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
    about:
      'Address of an OpenTelemetry collector (http://localhost:4318) that gets a trace of each request by OTLP/HTTP as JSON; without it none are made.',
    isOutside: true,
  }),
  'otel.headers': setting({
    kind: headers,
    default: undefined,
    env: ['OTEL_EXPORTER_OTLP_HEADERS'],
    about: 'Headers for the collector, as `name=value,name=value`.',
    isOutside: true,
    isSecret: true,
  }),
  'otel.serviceName': setting({
    kind: text,
    default: 'authmcp-gateway',
    env: ['OTEL_SERVICE_NAME'],
    about: 'Under which name the gateway stands in traces.',
    isOutside: true,
  }),
  'otel.sampleRatio': setting({
    kind: share,
    default: 1,
    env: ['OTEL_TRACES_SAMPLER_ARG'],
    about:
      'Share of the traces that begin here and are recorded, from 0 to 1; a request that comes with a trace is recorded as its sender decided.',
    isOutside: true,
  }),
};
